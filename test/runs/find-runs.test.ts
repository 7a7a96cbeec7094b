import { mkdir, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRuns } from '../../src/runs/find-runs.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';

const START = Date.parse('2026-11-25T10:00:00Z');
const MINUTE = 60_000;

/** A run as MLflow writes it, from one minute to another, and a model of that minute. */
async function mlflowRun(root: string, id: string, from: number, to: number | undefined): Promise<void> {
  const end = to === undefined ? 'null' : String(START + to * MINUTE);
  const status = to === undefined ? 1 : 3;
  await write(root, 'mlruns/1/meta.yaml', 'name: churn\n');
  await write(
    root,
    `mlruns/1/${id}/meta.yaml`,
    `run_id: ${id}\nstatus: ${status}\nstart_time: ${START + from * MINUTE}\nend_time: ${end}\n`,
  );
  await write(root, `mlruns/1/${id}/metrics/auc`, `${START} 0.5 0\n`);
}

async function fileAt(root: string, path: string, minute: number, contents = 'x'): Promise<string> {
  const file = await write(root, path, contents);
  await utimes(file, new Date(START + minute * MINUTE), new Date(START + minute * MINUTE));
  return file;
}

async function found(root: string, ...near: readonly string[]) {
  return (await findRuns(root, { near })).runs.map(({ run, certainty }) => [run.id ?? run.tracker, certainty]);
}

describe('the runs of outputs', () => {
  it('are those that went on when the outputs were written, then those that had just ended', async () => {
    const root = await temporaryFolder();
    await mlflowRun(root, 'before0000', 0, 5);
    await mlflowRun(root, 'during0000', 8, 12);
    await mlflowRun(root, 'after00000', 20, 25);
    await mlflowRun(root, 'longago000', -100, -90);
    await mlflowRun(root, 'crashed000', 1, undefined);
    expect(await found(root, await fileAt(root, 'model.pkl', 10))).toEqual([
      ['during0000', 'likely'],
      ['before0000', 'possible'],
      ['crashed000', 'possible'],
    ]);
  });

  it('are certain where the outputs lie in what the run keeps, however old they are', async () => {
    const root = await temporaryFolder();
    await mlflowRun(root, 'during0000', 8, 12);
    const model = await fileAt(root, 'mlruns/1/during0000/artifacts/model/m.pkl', 9);
    expect(await found(root, model)).toEqual([['during0000', 'certain']]);
  });

  it('have plain metrics from about that time beside the outputs or in a folder of results, and params from before', async () => {
    const root = await temporaryFolder();
    await fileAt(root, 'models/metrics.json', 10, '{"auc": 0.5}');
    await fileAt(root, 'reports/eval.csv', 11, 'name,value\nf1,0.25\n');
    await fileAt(root, 'params.toml', -1000, 'lr = 0.5\n');
    await fileAt(root, 'scores.json', -1000, '{"old": 1}');
    await fileAt(root, 'models/other/metrics.json', 10, '{"other": 1}');
    const model = await fileAt(root, 'models/m.pkl', 10);
    const { runs } = await findRuns(root, { near: [model] });
    expect(Object.assign({}, ...runs.map(({ run }) => run.metrics))).toEqual({ auc: 0.5, f1: 0.25 });
    expect(Object.assign({}, ...runs.map(({ run }) => run.params))).toEqual({ lr: '0.5' });
    expect(runs.map(({ certainty }) => certainty)).toEqual(['likely', 'likely', 'likely']);
  });

  it("aren't looked for outside of the workspace, through links or otherwise", async () => {
    const root = await temporaryFolder();
    const outside = await temporaryFolder();
    await mlflowRun(outside, 'during0000', 8, 12);
    await fileAt(outside, 'metrics.json', 10, '{"secret": 1}');
    await symlink(join(outside, 'mlruns'), join(root, 'mlruns'));
    await symlink(join(outside, 'metrics.json'), join(root, 'metrics.json'));
    const model = await fileAt(root, 'model.pkl', 10);
    expect(await found(root, model)).toEqual([]);
    expect(await found(root, await fileAt(outside, 'model.pkl', 10))).toEqual([]);
  });

  it('are found in reasonable time, however much lies around', async () => {
    const root = await temporaryFolder();
    await mlflowRun(root, 'during0000', 8, 12);
    await Promise.all(
      Array.from({ length: 600 }, (_, n) => mkdir(join(root, `data/${n % 20}/${n}/deep`), { recursive: true })),
    );
    const model = await fileAt(root, 'models/model.pkl', 10);
    expect(await found(root, model)).toEqual([['during0000', 'likely']]);
  });

  it('that ended before a given time are left out', async () => {
    const root = await temporaryFolder();
    await fileAt(root, 'out/trainer_state.json', 5, '{"global_step": 1, "log_history": [{"step": 1, "loss": 1}]}');
    const model = await fileAt(root, 'out/model.bin', 5);
    expect(await found(root, model)).toEqual([['huggingface', 'certain']]);
    expect((await findRuns(root, { near: [model], sinceMs: START + 6 * MINUTE })).runs).toEqual([]);
  });

  it('are all there where one of them is damaged, and the damage is told', async () => {
    const root = await temporaryFolder();
    await fileAt(root, 'wandb/run-20261125_100500-abc/run-abc.wandb', 9, ':W&B nonsense');
    await fileAt(root, 'runs/a/events.out.tfevents.1', 9, 'nonsense nonsense nonsense');
    await fileAt(root, 'mlflow.db', 9, 'nonsense');
    await fileAt(root, 'dvc.lock', 9, 'a: [');
    await mlflowRun(root, 'during0000', 8, 12);
    const { runs, problems } = await findRuns(root, { near: [await fileAt(root, 'model.pkl', 10)] });
    expect(runs.map(({ run }) => run.id)).toContain('during0000');
    for (const name of ['mlflow.db', 'dvc.lock']) expect(problems.join('\n')).toContain(name);
  });
});
