import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { findRuns } from '../../src/runs/find-runs.ts';
import { checkpointChoice } from '../../src/runs/lightning/checkpoint-choice.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';
import { expected, fixture, metrics, runsIn, writtenAt } from './fixtures.ts';

const fit = v.object({ metrics, best: v.string(), last: v.nullable(v.string()), score: v.nullable(v.number()) });
const schema = v.object({ csv: fit, tensorboard: fit, rows: v.array(v.record(v.string(), v.string())) });

describe('runs of Lightning', () => {
  it('say what Lightning itself says: results, and which checkpoint is the best and which the last', async () => {
    const told = await expected('lightning', schema);
    const [run] = await runsIn(await fixture('lightning'), 'lightning');
    expect(run).toMatchObject({
      place: 'lightning_logs/version_0',
      metrics: told.csv.metrics,
      params: { lr: '0.05', layers: '[1,1]', note: 'a: b' },
    });
    const best = run?.checkpoints?.find(({ isBest }) => isBest);
    expect(best).toMatchObject({ path: told.csv.best, metric: { name: 'val_loss', value: told.csv.score } });
    expect(run?.checkpoints?.filter(({ isLast }) => isLast).map(({ path }) => path)).toEqual([told.csv.last]);
    const losses = told.rows.flatMap((row) => (row.val_loss ? [[Number(row.step), Number(row.val_loss)]] : []));
    expect(run?.history?.val_loss?.points.map(({ step, value }) => [step, value])).toEqual(losses);
  });

  it('are found by any of their checkpoints, together with the event files of the same run', async () => {
    const told = await expected('lightning', schema);
    const root = await fixture('lightning');
    const [events] = (await runsIn(root, 'tensorboard')).filter(({ place }) => place.startsWith('tb_logs'));
    const checkpoint = await writtenAt(join(root, told.tensorboard.best), events?.endedAt ?? '');
    const { runs } = await findRuns(root, { near: [checkpoint] });
    const certain = runs.filter(({ certainty }) => certainty === 'certain').map(({ run }) => run);
    expect(certain.map(({ tracker, place }) => [tracker, place])).toEqual([
      ['lightning', 'tb_logs/version_0'],
      ['tensorboard', 'tb_logs/version_0'],
    ]);
    expect(certain[0]?.checkpoints).toMatchObject([{ path: told.tensorboard.best, isBest: true, isLast: true }]);
    expect(certain[1]?.metrics).toMatchObject(told.tensorboard.metrics);
  });

  it('take the only checkpoint beside the last for the best, where a checkpoint can not be read', async () => {
    const root = await temporaryFolder();
    await write(root, 'checkpoints/epoch=1-step=8.ckpt', 'x');
    await write(root, 'checkpoints/last.ckpt', 'best_model_path');
    const [run] = await runsIn(root, 'lightning');
    expect(run?.checkpoints).toMatchObject([
      { path: 'checkpoints/epoch=1-step=8.ckpt', step: 8, isBest: true },
      { path: 'checkpoints/last.ckpt', isLast: true },
    ]);
  });

  it("don't believe lengths that a checkpoint claims", () => {
    const lying = Buffer.concat([
      Buffer.from('best_model_pathq\x01X'),
      Buffer.from([0xff, 0xff, 0xff, 0x7f]),
      Buffer.from('a'),
    ]);
    expect(checkpointChoice(lying)).toEqual({});
  });
});
