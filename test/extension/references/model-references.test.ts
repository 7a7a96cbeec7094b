import { describe, expect, it } from 'vitest';
import { modelReferences } from '../../../src/extension/references/model-references.ts';

describe('references to models in Python', () => {
  it.each([
    ['mlflow.pyfunc.load_model("models:/fraud-detector@champion")', 'fraud-detector@champion'],
    ["load_model('models:/fraud.detector/7')", 'fraud.detector@7'],
    ['f"models:/fraud/Production"', 'fraud@production'],
    ['"models:/fraud/staging"', 'fraud@staging'],
    ['"models:/fraud/None"', 'fraud@candidate'],
    ['"models:/fraud/latest"', 'fraud@latest'],
  ])('%s', (line, ref) => {
    const [found] = modelReferences(line);
    expect(found?.ref).toBe(ref);
    expect(line.slice(found?.start, found?.end)).toMatch(/^models:\/[\w.-]+[@/][\w-]+$/);
  });

  it.each([
    'models:/',
    '"models:/fraud"',
    'f"models:/{name}/7"',
    'runs:/abc/model',
    '"models:/fraud/7/artifacts"',
    '"models:/fraud/0"',
  ])('none in %s', (line) => {
    expect(modelReferences(line)).toEqual([]);
  });

  it('are all found in a text, up to a bound', () => {
    const text = 'load("models:/fraud/1")\n'.repeat(1000);
    expect(modelReferences(text)).toHaveLength(200);
    expect(modelReferences('models:/'.repeat(100_000))).toEqual([]);
  });
});
