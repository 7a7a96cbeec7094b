import { describe, expect, it } from 'vitest';
import { BOB, makePlace, registerVersions } from './opened.ts';

describe('evaluations', () => {
  it('are attached after registration, any number of them, with dataset, slice, intervals and who ran them', async () => {
    const place = await makePlace();
    await registerVersions(place, await place.open(), 1);
    const registry = await place.open({ author: BOB });
    const source = await place.write('data/holdout.csv', 'amount,label\n1,0\n');
    const dataset = { name: 'data/holdout.csv', source };
    await registry.evaluate({
      ref: 'fraud@1',
      metrics: { auc: 0.91 },
      intervals: { auc: { low: 0.89, high: 0.93 } },
      dataset,
    });
    await registry.evaluate({ ref: 'fraud@1', metrics: { auc: 0.85, loss: 'NaN' }, dataset, slice: 'country=DE' });
    await registry.evaluate({ ref: 'fraud@1', metrics: { auc: 0.8 }, dataset: { name: 'march' } });
    const { evaluations } = (await registry.show({ ref: 'fraud@1' })).lineage;
    expect(evaluations).toMatchObject([
      { dataset: 'data/holdout.csv', metrics: { auc: 0.91 }, intervals: { auc: { low: 0.89, high: 0.93 } }, by: BOB },
      { dataset: 'data/holdout.csv', slice: 'country=DE', metrics: { auc: 0.85, loss: 'NaN' } },
      { dataset: 'march', metrics: { auc: 0.8 } },
    ]);
    expect((await registry.log({ limit: 2 })).items.map(({ summary }) => summary)).toEqual([
      'Added metrics to fraud@1, measured on march: auc',
      'Added metrics to fraud@1, measured on data/holdout.csv, country=DE: auc, loss',
    ]);
    const [first, second, third] = evaluations;
    expect(first?.datasetSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toMatchObject({ datasetSha256: first?.datasetSha256 });
    expect(second).not.toHaveProperty('intervals');
    expect(third).not.toHaveProperty('datasetSha256');
    await registry.rebuild();
    expect((await registry.show({ ref: 'fraud@1' })).lineage.evaluations).toEqual(evaluations);
  });

  it('without a dataset complete the version, whose metrics never change', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    await registry.evaluate({ ref: 'fraud@1', metrics: { f1: 0.7 } });
    expect((await registry.show({ ref: 'fraud@1' })).metrics).toEqual({ auc: 0.9, f1: 0.7 });
    await expect(registry.evaluate({ ref: 'fraud@1', metrics: { auc: 0.99 } })).rejects.toMatchObject({
      code: 'METRIC_FIXED',
    });
  });

  it.each([
    ['no metrics', { metrics: {} }, 'METRICS_MISSING'],
    ['an interval that ends before it begins', { intervals: { auc: { low: 1, high: 0 } } }, 'INTERVAL_INVALID'],
    ['an interval of no metric', { intervals: { f1: { low: 0, high: 1 } } }, 'INTERVAL_INVALID'],
    [
      'an interval without a dataset',
      { dataset: undefined, intervals: { auc: { low: 0, high: 1 } } },
      'INTERVAL_INVALID',
    ],
    ['a reserved name', { metrics: JSON.parse('{"__proto__": 1, "auc": 1}') }, 'REQUEST_INVALID'],
    ['an endless name', { metrics: { ['a'.repeat(300)]: 1 } }, 'TEXT_TOO_LONG'],
    ['a dataset that is gone', { dataset: { name: 'x.csv', source: '/nowhere/x.csv' } }, 'PATH_NOT_FOUND'],
    ['another version', { ref: 'fraud@9' }, 'VERSION_NOT_FOUND'],
  ])('with %s are refused, and nothing is recorded', async (_name, change, code) => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    const before = await place.files();
    const { dataset, ...request } = { ref: 'fraud@1', metrics: { auc: 0.9 }, dataset: { name: 'march' }, ...change };
    await expect(registry.evaluate({ ...request, ...(dataset ? { dataset } : {}) })).rejects.toMatchObject({ code });
    expect(await place.files()).toEqual(before);
  });

  it('never bring a secret into the log', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    await registry.evaluate({ ref: 'fraud@1', metrics: { auc: 0.9 }, dataset: { name: `march ${secret}` } });
    expect(JSON.stringify(await registry.log({}))).not.toContain(secret);
  });
});
