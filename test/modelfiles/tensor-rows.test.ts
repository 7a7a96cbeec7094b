import { describe, expect, it } from 'vitest';
import { tensorTable } from '../../src/modelfiles/tensor-rows.ts';

const place = (path: string, sizeBytes: number) => ({ path, offset: 0, sizeBytes });
const tensors = [
  { name: 'layer.10.weight', dtype: 'float32', shape: [4, 8], place: place('a', 128) },
  { name: 'layer.2.weight', dtype: 'bfloat16', shape: [16], place: place('a', 32) },
  { name: 'bias', dtype: 'float32', shape: [] },
];
const query = { offset: 0, limit: 10, sort: 'name', isDescending: false, filter: '' } as const;
const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

describe('a table of tensors', () => {
  it('counts layers as people do', () => {
    expect(names(tensorTable(tensors)(query).rows)).toEqual(['bias', 'layer.2.weight', 'layer.10.weight']);
  });

  it('sorts by every column, either way', () => {
    const table = tensorTable(tensors);
    expect(names(table({ ...query, sort: 'elements', isDescending: true }).rows)[0]).toBe('layer.10.weight');
    expect(names(table({ ...query, sort: 'shape' }).rows)).toEqual(['bias', 'layer.2.weight', 'layer.10.weight']);
    expect(names(table({ ...query, sort: 'dtype' }).rows)[0]).toBe('layer.2.weight');
    expect(names(table({ ...query, sort: 'sizeBytes', isDescending: true }).rows).at(-1)).toBe('bias');
  });

  it('finds words in name, dtype and shape, and gives the part that is asked for', () => {
    const table = tensorTable(tensors);
    expect(table({ ...query, filter: 'WEIGHT 4×8' }).matching).toBe(1);
    expect(names(table({ ...query, filter: 'float32', offset: 1, limit: 1 }).rows)).toEqual(['layer.10.weight']);
    expect(table({ ...query, filter: 'scalar' }).rows).toEqual([
      { name: 'bias', dtype: 'float32', shape: [], elements: 1, sizeBytes: 4 },
    ]);
  });
});
