import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { findRuns } from '../../src/runs/find-runs.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';
import { expected, fixture, metric, metrics, runsIn, writtenAt } from './fixtures.ts';

describe('runs of the Trainer of Hugging Face', () => {
  const schema = v.object({
    best: v.string(),
    best_metric: v.number(),
    step: v.number(),
    log: v.array(v.record(v.string(), metric)),
    args: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  });

  it('say what the trainer itself says: log, results, and which checkpoint is the best', async () => {
    const told = await expected('huggingface', schema);
    const [run] = await runsIn(await fixture('huggingface'), 'huggingface');
    expect(run?.status).toBe('finished');
    for (const name of ['loss', 'eval_loss', 'eval_accuracy', 'learning_rate']) {
      const points = told.log.flatMap((entry) => (entry[name] === undefined ? [] : [[entry.step, entry[name]]]));
      expect(run?.history?.[name]?.points.map(({ step, value }) => [step, value])).toEqual(points);
      expect(run?.metrics[name]).toBe(points.at(-1)?.[1]);
    }
    const best = run?.checkpoints?.find(({ isBest }) => isBest);
    expect(best).toMatchObject({ path: told.best, metric: { name: 'eval_accuracy', value: told.best_metric } });
    expect(run?.checkpoints?.find(({ isLast }) => isLast)?.step).toBe(told.step);
  });

  it("have the trainer's arguments from its event files", async () => {
    const told = await expected('huggingface', schema);
    const root = await fixture('huggingface');
    const [events] = await runsIn(root, 'tensorboard');
    const model = await writtenAt(join(root, 'out/model.safetensors'), events?.endedAt ?? '');
    const { runs } = await findRuns(root, { near: [model] });
    expect(runs.map(({ run, certainty }) => [run.tracker, certainty])).toEqual([
      ['huggingface', 'certain'],
      ['tensorboard', 'likely'],
    ]);
    const params = Object.assign({}, ...runs.map(({ run }) => run.params));
    for (const name of ['learning_rate', 'seed', 'optim', 'per_device_train_batch_size', 'load_best_model_at_end'])
      expect(params[name]).toBe(String(told.args[name]));
  });

  it('name what is cut off, and give the rest', async () => {
    const root = await temporaryFolder();
    await write(
      root,
      'out/checkpoint-5/trainer_state.json',
      '{"global_step": 5, "log_history": [{"step": 5, "loss": 1}',
    );
    await write(root, 'out/trainer_state.json', '{"global_step": 6, "log_history": [{"step": 6, "loss": NaN}, 3]}');
    const [run] = await runsIn(root, 'huggingface');
    expect(run?.problems).toEqual([expect.stringContaining('out/checkpoint-5/trainer_state.json')]);
    expect(run?.metrics).toEqual({});
  });
});

describe('runs of DVC', () => {
  it('say what DVC itself says of a stage', async () => {
    const told = await expected('dvclive', v.object({ dvc: v.unknown() }));
    expect(told.dvc).toMatchObject({ '': { data: { 'scores.json': { data: { auc: 0.8 } } } } });
    const root = await fixture('dvclive');
    const { runs } = await findRuns(root, { near: [join(root, 'model.bin')] });
    expect(runs.find(({ run }) => run.tracker === 'dvc')).toMatchObject({
      certainty: 'certain',
      run: {
        name: 'train',
        command: 'python3 train.py',
        metrics: { auc: 0.8 },
        params: { 'train.lr': '0.1', 'train.epochs': '5' },
        modelPaths: ['model.bin'],
        datasets: [{ name: 'train.csv', digest: 'md5:e5ebd4c02cefbe7955977c67ada242b7' }, { name: 'train.py' }],
      },
    });
  });

  it("aren't certain of a file that has changed since, nor of what lies outside", async () => {
    const root = await fixture('dvclive');
    const model = await write(root, 'model.bin', 'other weights');
    const lock =
      'schema: "2.0"\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: ../../etc/passwd\n    - path: /etc/passwd\n';
    await write(root, 'other/dvc.lock', lock);
    const { runs } = await findRuns(root, { near: [model] });
    expect(runs.filter(({ run }) => run.tracker === 'dvc').map(({ certainty }) => certainty)).not.toContain('certain');
    expect((await runsIn(root, 'dvc')).find(({ name }) => name === 'a')?.modelPaths).toEqual([]);
  });

  it('say what DVCLive itself says', async () => {
    const { live } = await expected(
      'dvclive',
      v.object({ live: v.object({ train: metrics, acc: metric, best: metric }) }),
    );
    const [run] = await runsIn(await fixture('dvclive'), 'dvclive');
    expect(run).toMatchObject({
      metrics: { 'train/loss': live.train.loss, acc: live.acc, best: live.best },
      params: { lr: '0.1', 'optimizer.name': 'adam' },
    });
    expect(run?.history?.['train/loss']?.points.map(({ step, value }) => [step, value])).toEqual(
      [0, 1, 2, 3, 4].map((step) => [step, 1 / (step + 1)]),
    );
    expect(run?.history?.['train/loss']?.points[0]?.atMs).toBeGreaterThan(1.7e12);
  });
});

describe('plain logs', () => {
  it("say what Keras says, from its CSV logger's file", async () => {
    const { history } = await expected('keras', v.object({ history: v.record(v.string(), v.array(v.number())) }));
    const [run] = await runsIn(await fixture('keras'), 'training-log');
    for (const [name, course] of Object.entries(history)) {
      expect(run?.history?.[name]?.points.map(({ value }) => value)).toEqual(course);
      expect(run?.metrics[name]).toBe(course.at(-1));
    }
  });

  it('say what XGBoost says, from its evaluations as JSON', async () => {
    const { last } = await expected('xgboost', v.object({ last: metrics }));
    const [run] = await runsIn(await fixture('xgboost'), 'evaluations');
    expect(run?.metrics).toEqual(last);
    expect(run?.history?.['test-auc']?.total).toBe(10);
  });

  it('with arguments and weights beside them are those of Ultralytics', async () => {
    const root = await temporaryFolder();
    await write(
      root,
      'runs/detect/train/results.csv',
      '                  epoch,      metrics/mAP50(B)\n     1,   0.5\n     2,   0.625\n',
    );
    await write(root, 'runs/detect/train/args.yaml', 'lr0: 0.01\nmodel: yolo11n.pt\n');
    await write(root, 'runs/detect/train/weights/best.pt', 'x');
    await write(root, 'runs/detect/train/weights/last.pt', 'x');
    const { runs } = await findRuns(root, { near: [join(root, 'runs/detect/train/weights/best.pt')] });
    expect(runs[0]).toMatchObject({
      certainty: 'certain',
      run: {
        metrics: { 'metrics/mAP50(B)': 0.625 },
        params: { lr0: '0.01' },
        checkpoints: [{ path: 'runs/detect/train/weights/best.pt', isBest: true }, { isLast: true }],
      },
    });
  });

  it('of other programs are no runs', async () => {
    const root = await temporaryFolder();
    await write(root, 'training.log', '2026-11-25 INFO epoch 1\n');
    await write(root, 'history.json', '[1, 2]');
    await write(root, 'chat_history.json', '{"messages": ["hello"]}');
    expect([...(await runsIn(root, 'training-log')), ...(await runsIn(root, 'evaluations'))]).toEqual([]);
  });
});
