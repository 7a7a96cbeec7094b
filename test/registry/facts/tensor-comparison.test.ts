import { describe, expect, it } from 'vitest';
import { makePlace } from '../opened.ts';
import { manyTensors, weightsFile } from './weights-file.ts';

describe('comparing the tensors of two versions', () => {
  it('reads the stored files and tells what changed, with what stayed', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const register = async (tensors: Readonly<Record<string, readonly number[]>>) =>
      registry.register({ model: 'fraud', paths: [await place.write('model.safetensors', weightsFile(tensors))] });
    await register({ 'body.0.w': [1, 2], 'body.1.w': [3], 'head.w': [3, 4], old: [1] });
    await register({ new: [1], 'head.w': [3, 4.5], 'body.1.w': [3], 'body.0.w': [1, 2] });
    const compared = await registry.compareTensors({ refs: ['fraud@1', 'fraud@2'] });
    expect(compared.tensors.map(({ name, kind, change }) => [name, kind, change])).toEqual([
      ['head.w', 'changed', 0.1],
      ['new', 'added', undefined],
      ['old', 'removed', undefined],
      ['body.0.w', 'identical', undefined],
      ['body.1.w', 'identical', undefined],
    ]);
    expect(compared.frozen).toEqual([{ name: 'body', tensors: 2, elements: 3 }]);
    expect(compared.versions.map(({ number }) => number)).toEqual([1, 2]);
    const query = { offset: 0, limit: 2, sort: 'change', isDescending: true, filter: 'W' } as const;
    const rows = await registry.comparedTensorRows({ refs: ['fraud@1', 'fraud@2'], query });
    expect(rows.matching).toBe(4);
    expect(rows.rows.map(({ name }) => name)).toEqual(['head.w', 'new']);
  });

  it('needs two versions, and tensors in both', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registry.register({ model: 'fraud', paths: [await place.write('model.safetensors', manyTensors(3))] });
    await registry.register({ model: 'fraud', paths: [await place.write('model.bin', 'anything')] });
    await expect(registry.compareTensors({ refs: ['fraud@1'] })).rejects.toMatchObject({ code: 'COMPARE_COUNT' });
    await expect(registry.compareTensors({ refs: ['fraud@1', 'fraud@2'] })).rejects.toMatchObject({
      code: 'TENSORS_UNKNOWN',
      message: expect.stringContaining('fraud@2'),
    });
  });
});
