import { expect, it } from 'vitest';
import { BOB } from '../opened.ts';
import { machine, sharedStorage } from './machines.ts';

it('predictions are in the storage before the evaluation, and others compute with them', async () => {
  const storage = sharedStorage();
  const [ann, bob] = [await machine(storage), await machine(storage, { author: BOB })];
  await ann.attach();
  const a = await ann.open();
  await a.register({ model: 'fraud', paths: [await ann.write('model.bin', 'weights')] });
  await a.sync();
  const rows = Array.from({ length: 40 }, (_, row) => `${row},${row % 2},${row % 2 === 0 ? 0.1 : 0.9}`);
  const source = await ann.write('predictions.csv', `id,label,score\n${rows.join('\n')}\n`);
  await a.evaluate({ ref: 'fraud@1', metrics: {}, dataset: { name: 'holdout' }, predictions: { source } });
  await a.sync();
  const [entry] = (await a.show({ ref: 'fraud@1' })).lineage.evaluations;
  const object = entry?.predictions?.object ?? '';
  const puts = storage.puts.map(({ key }) => key);
  expect(puts.findIndex((key) => key.includes(object))).toBeGreaterThan(-1);
  expect(puts.findIndex((key) => key.includes(object))).toBeLessThan(
    puts.findLastIndex((key) => key.startsWith('log/')),
  );

  await bob.attach();
  const b = await bob.open();
  await b.sync();
  const question = { metric: 'auc', resamples: 100, confidence: 0.95, seed: 1 };
  expect(await b.certainty({ ours: object, theirs: object, ...question })).toMatchObject({
    samples: [{ rows: 40, value: 1, difference: { low: 0, high: 0 } }],
  });
  expect(await b.verify({ artifacts: true })).toMatchObject({ problems: [] });
});
