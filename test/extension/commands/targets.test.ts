import { expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({}));
const { rowOf } = await import('../../../src/extension/commands/targets.ts');

it('a key in the Models view means the selected row, if it is one of the right kind and alone', () => {
  const key = { isOfSelected: true };
  const at = (selected: readonly unknown[], argument: unknown = key) =>
    rowOf({ selectedModels: () => selected }, argument, ['model'])?.row;
  const [model, version] = [
    { kind: 'model', modelId: 'm' },
    { kind: 'version', versionId: 'v' },
  ];
  expect(at([model])).toBe(model);
  expect([at([version]), at([model, model]), at([])]).toEqual([undefined, undefined, undefined]);
  // A menu says which row is meant, and the palette none.
  expect(at([model], version)).toBe(version);
  expect(rowOf({ selectedModels: () => [model] }, undefined, ['model'])).toEqual({ row: undefined });
});
