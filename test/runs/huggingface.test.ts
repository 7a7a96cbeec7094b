import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRuns } from '../../src/runs/find-runs.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';

describe('runs of the Trainer of Hugging Face', () => {
  it('are found by the output folder, with the best and the last checkpoint', async () => {
    const root = await temporaryFolder();
    const log = [
      { epoch: 1, eval_loss: 0.4, step: 5 },
      { epoch: 2, eval_loss: 0.5, step: 10 },
    ];
    const state = (step: number) =>
      JSON.stringify({
        global_step: step,
        max_steps: 10,
        best_metric: 0.4,
        best_model_checkpoint: '/elsewhere/out/checkpoint-5',
        log_history: log.filter((entry) => entry.step <= step),
      });
    await write(root, 'out/checkpoint-5/trainer_state.json', state(5));
    await write(root, 'out/checkpoint-10/trainer_state.json', state(10));
    await write(root, 'out/all_results.json', '{"epoch": 2, "eval_loss": NaN}');
    const model = await write(root, 'out/model.safetensors', 'x');
    const { runs, problems } = await findRuns(root, { near: [model] });
    expect(problems).toEqual([]);
    expect(runs).toMatchObject([
      {
        certainty: 'certain',
        run: {
          place: 'out',
          status: 'finished',
          metrics: { eval_loss: 'NaN', epoch: 2 },
          history: {
            eval_loss: {
              points: [
                { step: 5, value: 0.4 },
                { step: 10, value: 0.5 },
              ],
              total: 2,
            },
          },
          checkpoints: [
            { path: 'out/checkpoint-5', isBest: true, metric: { name: 'eval_loss', value: 0.4 } },
            { path: join('out', 'checkpoint-10'), isLast: true, metrics: { eval_loss: 0.5, epoch: 2 } },
          ],
        },
      },
    ]);
  });
});
