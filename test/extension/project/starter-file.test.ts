import { describe, expect, it } from 'vitest';
import { STARTER_TEXT, starterSnippet } from '../../../src/extension/project/starter-file.ts';
import { MODEL_NAME_PATTERN, modelNameFrom } from '../../../src/project/model-name.ts';
import { parseProject } from '../../../src/project/parse-project.ts';

describe('the first project file', () => {
  it('declares nothing on disk before the person has filled it in', () => {
    expect(parseProject(STARTER_TEXT, 'model-registry.yaml')).toEqual({ models: {} });
  });

  it('is valid with every placeholder as it stands', () => {
    const filled = starterSnippet('churn')
      .replace(/\$\{\d+:([^}]*)\}/g, '$1')
      .replace('$0', '');
    expect(Object.keys(parseProject(filled, 'model-registry.yaml').models)).toEqual(['churn']);
  });

  it.each([
    ['fraud-detector', 'fraud-detector'],
    ['My Project (2)', 'My-Project-2'],
    ['Prüfung', 'Prufung'],
    ['...', 'my-model'],
    ['模型', 'my-model'],
    ['x'.repeat(200), 'x'.repeat(128)],
  ])('guesses a legal name for the folder %s', (folder, name) => {
    expect(modelNameFrom(folder)).toBe(name);
    expect(modelNameFrom(folder)).toMatch(MODEL_NAME_PATTERN);
  });
});
