import { describe, expect, it } from 'vitest';
import { STARTER_TEXT, starterSnippet, usualFiles } from '../../../src/extension/project/starter-file.ts';
import { MODEL_NAME_PATTERN, modelNameFrom } from '../../../src/project/model-name.ts';
import { parseProject } from '../../../src/project/parse-project.ts';
import { temporaryFolder, write } from '../../lineage/folder.ts';

/** The models of a snippet in which nobody changed anything. */
function filled(snippet: string) {
  const text = snippet.replace(/\$\{\d+:([^}]*)\}/g, '$1').replace('$0', '');
  return parseProject(text, 'model-registry.yaml').models;
}

describe('the first project file', () => {
  it('declares nothing on disk before the person has filled it in', () => {
    expect(parseProject(STARTER_TEXT, 'model-registry.yaml')).toEqual({ models: {} });
  });

  it('is valid with every placeholder as it stands', () => {
    const found = { metrics: 'reports/metrics.json', params: 'params.yaml', data: 'data/train.csv' };
    expect(filled(starterSnippet('churn', found))).toMatchObject({
      churn: {
        outputs: ['models/**'],
        metrics: ['reports/metrics.json'],
        params: ['params.yaml'],
        data: ['data/train.csv'],
      },
    });
  });

  it('names only files that are there, and leaves the others as comments', async () => {
    const root = await temporaryFolder();
    const empty = starterSnippet('churn', await usualFiles(root));
    expect(filled(empty)).toMatchObject({ churn: { outputs: ['models/**'], metrics: [], params: [], data: [] } });
    expect(empty).toContain('# metrics: [metrics.json]');
    expect(empty).toContain('# params: [params.yaml]');
    expect(empty).toContain('# data: [data/train.csv]');
    await write(root, 'params.toml', 'depth = 3');
    await write(root, 'reports/metrics.json', '{}');
    const some = starterSnippet('churn', await usualFiles(root));
    expect(filled(some)).toMatchObject({
      churn: { metrics: ['reports/metrics.json'], params: ['params.toml'], data: [] },
    });
    // Places to stop at have no gaps.
    expect(some.match(/\$\{\d+/g)).toEqual(['${1', '${2', '${3', '${4']);
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
