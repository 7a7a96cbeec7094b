import { describe, expect, it } from 'vitest';
import { makePlace } from './opened.ts';

async function sweep(count: number) {
  const place = await makePlace();
  const registry = await place.open();
  for (let number = 1; number <= count; number += 1)
    await registry.register({
      model: 'fraud',
      paths: [await place.write(`${number}.bin`, String(number))],
      params: { rate: String(number / 10), seed: '42', ...(number === 2 ? { warmup: '5' } : {}) },
      metrics: { auc: number / 100, loss: number === 3 ? 'NaN' : 1 - number / 100 },
    });
  return registry;
}

describe('many versions as columns', () => {
  it('are oldest first, with the params that differ by their texts, and finite values of metrics', async () => {
    const registry = await sweep(3);
    expect(await registry.columns({ model: 'fraud', of: { kind: 'all' } })).toMatchObject({
      model: 'fraud',
      versions: [1, 2, 3].map((number) => ({ number, stage: 'candidate', pending: false })),
      params: [
        { name: 'rate', texts: ['0.1', '0.2', '0.3'], places: [0, 1, 2] },
        { name: 'warmup', texts: ['5'], places: [-1, 0, -1] },
      ],
      metrics: [
        { name: 'auc', values: [0.01, 0.02, 0.03] },
        { name: 'loss', values: [0.99, 0.98, null] },
      ],
      same: [{ name: 'seed', text: '42' }],
      total: 3,
      omitted: 0,
    });
  });

  it('are those of a list, or those that a search finds, without those of other models and deleted ones', async () => {
    const registry = await sweep(4);
    const [third, first] = [await registry.show({ ref: 'fraud@3' }), await registry.show({ ref: 'fraud@1' })];
    const numbersOf = async (of: Parameters<typeof registry.columns>[0]['of']) =>
      (await registry.columns({ model: 'fraud', of })).versions.map(({ number }) => number);
    expect(await numbersOf({ kind: 'ids', ids: [third.id, first.id, '01JD0000000000000000000001'] })).toEqual([1, 3]);
    expect(await numbersOf({ kind: 'search', query: 'auc>0.02' })).toEqual([3, 4]);
    expect(await numbersOf({ kind: 'search', query: ' ' })).toEqual([1, 2, 3, 4]);
    await registry.deleteVersion({ ref: 'fraud@3', reason: 'Wrong data' });
    expect(await numbersOf({ kind: 'all' })).toEqual([1, 2, 4]);
    await expect(registry.columns({ model: 'nobody', of: { kind: 'all' } })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });
});
