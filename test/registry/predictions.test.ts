import { describe, expect, it } from 'vitest';
import { makePlace, registerVersions } from './opened.ts';

const HOLDOUT = { name: 'holdout' };

function table(count: number, score: (row: number) => number): string {
  const rows = Array.from(
    { length: count },
    (_, row) => `${row},${row % 2},${score(row)},${row % 3 === 0 ? 'F' : 'M'}`,
  );
  return `id,label,score,sex\n${rows.join('\n')}\n`;
}

async function opened() {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, 2);
  const source = await place.write(
    'predictions.csv',
    table(60, (row) => (row % 2 === 0 ? 0.2 : 0.8)),
  );
  return { place, registry, source };
}

describe('predictions', () => {
  it('become metrics of the whole and of each group, and are kept', async () => {
    const { registry, source } = await opened();
    const evaluate = { ref: 'fraud@1', dataset: HOLDOUT, predictions: { source, by: ['sex'] } };
    const result = await registry.evaluate({ ...evaluate, metrics: { latency_ms: 3 } });
    expect(result.predictions).toMatchObject({ task: 'binary', rows: 60, metrics: { auc: 1, examples: 60 } });
    expect(result.predictions).not.toHaveProperty('bytes');
    const { evaluations } = (await registry.show({ ref: 'fraud@1' })).lineage;
    expect(evaluations).toMatchObject([
      { dataset: 'holdout', metrics: { auc: 1, accuracy: 1, latency_ms: 3 }, predictions: { rows: 60 } },
      { dataset: 'holdout', slice: 'sex=F', metrics: { examples: 20, selection_rate: 0.5 } },
      { dataset: 'holdout', slice: 'sex=M', metrics: { examples: 40 } },
    ]);
    expect(evaluations[1]).not.toHaveProperty('predictions');
    await registry.rebuild();
    expect((await registry.show({ ref: 'fraud@1' })).lineage.evaluations).toEqual(evaluations);
    const object = evaluations[0]?.predictions?.object ?? '';
    expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
    const kept = async () =>
      (await registry.gc({ dryRun: true })).objects.find(({ key }) => key.includes(object))?.reasons;
    expect(await kept()).toEqual(['predictions']);
    await registry.deleteVersion({ ref: 'fraud@1', reason: 'a test' });
    expect(await kept()).toEqual([]);
  });

  it('say how sure a metric is, and the difference from another version', async () => {
    const { place, registry, source } = await opened();
    const worse = await place.write(
      'worse.csv',
      table(60, (row) => ((row * 37) % 60) / 60),
    );
    for (const [ref, file] of [
      ['fraud@1', worse],
      ['fraud@2', source],
    ] as const)
      await registry.evaluate({ ref, metrics: {}, dataset: HOLDOUT, predictions: { source: file } });
    const [theirs = '', ours = ''] = await Promise.all(
      ['fraud@1', 'fraud@2'].map(
        async (ref) => (await registry.show({ ref })).lineage.evaluations[0]?.predictions?.object,
      ),
    );
    const question = { metric: 'auc', resamples: 200, confidence: 0.95, seed: 3 };
    const answer = await registry.certainty({ ours, theirs, ...question });
    expect(answer).toMatchObject({ samples: [{ rows: 60, value: 1 }] });
    const [sample] = 'samples' in answer ? answer.samples : [];
    expect(sample?.difference?.low).toBeGreaterThan(0.2);
    await expect(registry.certainty({ ours: 'a'.repeat(64), ...question })).rejects.toMatchObject({
      code: 'PREDICTIONS_UNKNOWN',
    });
  });

  it.each([
    ['without a dataset', { dataset: undefined }, 'DATASET_MISSING'],
    ['with a slice', { slice: 'sex=F' }, 'ARGUMENT_INVALID'],
    ['with a metric that is computed', { metrics: { auc: 0.99 } }, 'METRIC_COMPUTED'],
    ['from a file that is gone', { predictions: { source: '/nowhere/x.csv' } }, 'PATH_NOT_FOUND'],
    ['by a column that there isn’t', { by: 'country' }, 'PREDICTIONS_INVALID'],
  ])('%s are refused, and nothing is stored', async (_name, { by, ...change }: Record<string, unknown>, code) => {
    const { place, registry, source } = await opened();
    const before = await place.files();
    const predictions = { source, ...(typeof by === 'string' ? { by: [by] } : {}) };
    const request = { ref: 'fraud@1', metrics: {}, dataset: HOLDOUT, predictions, ...change };
    await expect(registry.evaluate(request)).rejects.toMatchObject({ code });
    expect(await place.files()).toEqual(before);
  });

  it('with a secret among their groups are refused', async () => {
    const { place, registry } = await opened();
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const source = await place.write('secret.csv', `label,score,token\n1,0.5,${secret}\n0,0.5,x\n`);
    const before = await place.files();
    const predictions = { source, by: ['token'] };
    await expect(
      registry.evaluate({ ref: 'fraud@1', metrics: {}, dataset: HOLDOUT, predictions }),
    ).rejects.toMatchObject({ code: 'SECRET_FOUND' });
    expect(await place.files()).toEqual(before);
  });
});
