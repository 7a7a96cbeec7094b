import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunningProcess } from '../../src/outputs/processes.ts';
import type { FoundRun } from '../../src/runs/find-runs.ts';
import type { RunRecord } from '../../src/runs/run-record.ts';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, watchWorkspace } from './workspace.ts';

const CHECKPOINTS = 'outputs: [out/**]';

const record = (given: Partial<RunRecord>): FoundRun => ({
  run: {
    tracker: 'mlflow',
    place: 'mlruns/1/abc',
    id: 'abc',
    status: 'finished',
    metrics: {},
    params: {},
    sourceFiles: [],
    ...given,
  },
  certainty: 'likely',
  reason: '',
});

describe('the checkpoints of one run', () => {
  it('become one version when the command that writes them has ended', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, CHECKPOINTS);
    watching.goingOn.commandStarted({ id: 'train', startedAtMs: Date.now() });
    for (const epoch of [1, 2, 3]) {
      await workspace.write(`out/epoch_${epoch}.safetensors`, safetensors([epoch]));
      await watching.quiet();
    }
    expect(await workspace.versions()).toEqual([]);
    watching.goingOn.commandEnded('train', Date.now());
    await watching.rescan();
    const version = await workspace.newest(1);
    expect(version.tags).toEqual({ checkpoint: 'epoch_3.safetensors' });
    const { files } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(files?.map(({ path }) => path)).toEqual(['epoch_3.safetensors']);
  });

  it('are the best one by the record of the trainer, with the metrics, params and identity of its run', async () => {
    const workspace = await makeWorkspace();
    const found = record({
      name: 'brave-fox',
      url: 'https://mlflow.example.org/#/experiments/1/runs/abc',
      metrics: { loss: 0.2 },
      params: { lr: '0.1' },
      startedAt: '2026-11-25T10:00:00.000Z',
      checkpoints: [
        { path: 'out/epoch_1.safetensors', isBest: true },
        { path: 'out/epoch_2.safetensors', isLast: true },
      ],
    });
    watchWorkspace(workspace, CHECKPOINTS, { runs: async () => [found] });
    await workspace.write('out/epoch_1.safetensors', safetensors([1]));
    await workspace.write('out/epoch_2.safetensors', safetensors([2]));
    const version = await workspace.newest(1);
    expect(version).toMatchObject({
      tags: { checkpoint: 'epoch_1.safetensors' },
      metrics: { loss: 0.2 },
      params: { lr: '0.1' },
    });
    const { lineage } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(lineage.run).toEqual({
      tracker: 'mlflow',
      id: 'abc',
      name: 'brave-fox',
      url: 'https://mlflow.example.org/#/experiments/1/runs/abc',
      startedAt: '2026-11-25T10:00:00.000Z',
    });
  });

  it('are all registered where that is asked for, each with what it was judged by', async () => {
    const workspace = await makeWorkspace();
    const found = record({
      metrics: { loss: 0.1 },
      checkpoints: [
        { path: 'out/epoch_1.safetensors', metric: { name: 'loss', value: 0.4 } },
        { path: 'out/epoch_2.safetensors', metric: { name: 'loss', value: 0.1 } },
      ],
    });
    watchWorkspace(workspace, `${CHECKPOINTS}, checkpoints: all`, { runs: async () => [found] });
    await workspace.write('out/epoch_1.safetensors', safetensors([1]));
    await workspace.write('out/epoch_2.safetensors', safetensors([2]));
    await workspace.newest(2);
    expect((await workspace.versions()).map(({ tags, metrics }) => [tags.checkpoint, metrics])).toEqual([
      ['epoch_1.safetensors', { loss: 0.4 }],
      ['epoch_2.safetensors', { loss: 0.1 }],
    ]);
  });

  it('have what plain files say in all folders around them', async () => {
    const workspace = await makeWorkspace();
    const beside = record({ tracker: 'files', place: 'out', metrics: { loss: 0.25 } });
    const above = record({ tracker: 'files', place: '', params: { lr: '0.5' } });
    watchWorkspace(workspace, CHECKPOINTS, { runs: async () => [beside, above] });
    await workspace.write('out/model.safetensors', safetensors([1]));
    expect(await workspace.newest(1)).toMatchObject({ metrics: { loss: 0.25 }, params: { lr: '0.5' } });
  });

  it('stay one version when old ones are removed, or a file is touched', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, CHECKPOINTS, { runs: async () => [record({})] });
    for (const epoch of [1, 2]) await workspace.write(`out/epoch_${epoch}.safetensors`, safetensors([epoch]));
    await workspace.newest(1);
    await rm(join(workspace.root, 'out/epoch_1.safetensors'));
    await watching.quiet();
    await workspace.write('out/epoch_2.safetensors', safetensors([2]));
    await watching.quiet();
    expect(await workspace.versions()).toHaveLength(1);
  });

  it('give way to what the run saved at its end, where that is the best one again', async () => {
    const workspace = await makeWorkspace();
    const best = record({ checkpoints: [{ path: 'out/checkpoint-5', isBest: true }] });
    watchWorkspace(workspace, CHECKPOINTS, { runs: async () => [best] });
    await workspace.write('out/checkpoint-5/model.safetensors', safetensors([1]));
    await workspace.write('out/checkpoint-5/optimizer.pt', 'state');
    await workspace.write('out/checkpoint-9/model.safetensors', safetensors([2]));
    await workspace.write('out/model.safetensors', safetensors([1]));
    await workspace.write('out/config.json', '{}');
    await workspace.newest(1);
    const { files, tags } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(files?.map(({ path }) => path)).toEqual(['config.json', 'model.safetensors']);
    expect(tags).toEqual({});
  });
});

describe('plain files near the outputs', () => {
  const plain = (given: Partial<RunRecord>): FoundRun => {
    const { id, ...run } = record({ tracker: 'files', place: '', status: 'unknown', ...given }).run;
    return { run, certainty: 'possible', reason: '' };
  };

  it('add to what a tracker says', async () => {
    const workspace = await makeWorkspace();
    const runs = [record({ metrics: { auc: 0.9 } }), plain({ metrics: { auc: 0.1, f1: 0.8 }, params: { lr: '1' } })];
    watchWorkspace(workspace, 'outputs: [model.safetensors]', { runs: async () => runs });
    await workspace.write('model.safetensors', safetensors([1]));
    expect(await workspace.newest(1)).toMatchObject({ metrics: { auc: 0.9, f1: 0.8 }, params: { lr: '1' } });
  });

  it('give nothing where a person declared which files count', async () => {
    const workspace = await makeWorkspace();
    const declared = 'outputs: [model.safetensors], metrics: [scores.json], params: [p.yaml]';
    watchWorkspace(workspace, declared, { runs: async () => [plain({ metrics: { f1: 0.8 }, params: { lr: '1' } })] });
    await workspace.write('scores.json', '{"auc": 0.7}');
    await workspace.write('p.yaml', 'lr: 2\n');
    await workspace.write('model.safetensors', safetensors([1]));
    expect(await workspace.newest(1)).toMatchObject({ metrics: { auc: 0.7 }, params: { lr: '2' } });
  });

  it('leave metrics from before the last version to that one, and bring those that come later', async () => {
    const workspace = await makeWorkspace();
    let found = [plain({ metrics: { auc: 0.7 }, endedAt: new Date().toISOString() })];
    watchWorkspace(workspace, 'outputs: [model.safetensors]', { runs: async () => found });
    await workspace.write('model.safetensors', safetensors([1]));
    expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.7 });
    await workspace.write('model.safetensors', safetensors([2]));
    expect((await workspace.newest(2)).metrics).toEqual({});
    found = [plain({ metrics: { auc: 0.8 }, endedAt: new Date().toISOString() })];
    await expect
      .poll(async () => (await workspace.registry.show({ ref: 'fraud@2' })).metrics, { timeout: 10_000 })
      .toEqual({ auc: 0.8 });
  });
});

describe('a run that goes on', () => {
  it('is waited for while its tracker says that it runs, and its last metrics are in the version', async () => {
    const workspace = await makeWorkspace();
    let found = record({ status: 'running', metrics: { loss: 0.5 } });
    const watching = watchWorkspace(workspace, 'outputs: [model.safetensors]', { runs: async () => [found] });
    await workspace.write('model.safetensors', safetensors([1]));
    await watching.quiet();
    expect(await workspace.versions()).toEqual([]);
    found = record({ status: 'finished', metrics: { loss: 0.3 } });
    expect((await workspace.newest(1)).metrics).toEqual({ loss: 0.3 });
  });

  it('is waited for while its process is there', async () => {
    const workspace = await makeWorkspace();
    let processes: readonly RunningProcess[] = [{ id: '7@1', startedAtMs: Date.now(), writes: [] }];
    const watching = watchWorkspace(workspace, 'outputs: [model.safetensors]', { look: () => processes });
    await workspace.write('model.safetensors', safetensors([1]));
    await watching.quiet();
    await workspace.write('model.safetensors', safetensors([2]));
    await watching.quiet();
    expect(await workspace.versions()).toEqual([]);
    processes = [];
    await workspace.newest(1);
    expect(watching.superseded).toEqual([]);
  });

  it('is over when its process has ended: one that comes a moment later is another run', async () => {
    const workspace = await makeWorkspace();
    let processes: readonly RunningProcess[] = [];
    const watching = watchWorkspace(workspace, 'outputs: [model.safetensors]', { look: () => processes });
    for (const number of [1, 2, 3]) {
      processes = [{ id: `${number}@1`, startedAtMs: Date.now(), writes: [] }];
      await workspace.write('model.safetensors', safetensors([number]));
      await watching.quiet();
      processes = [];
      await workspace.newest(number);
    }
    expect(watching.superseded).toEqual([]);
  });

  it('gets another version with a note on both where the first one came too early', async () => {
    const workspace = await makeWorkspace();
    const found = record({ status: 'unknown' });
    const watching = watchWorkspace(workspace, 'outputs: [model.safetensors]', { runs: async () => [found] });
    await workspace.write('model.safetensors', safetensors([1]));
    const early = await workspace.newest(1);
    await workspace.write('model.safetensors', safetensors([2]));
    await workspace.newest(2);
    await expect.poll(() => watching.superseded).toEqual([early.id]);
    const [first, second] = [
      await workspace.registry.show({ ref: 'fraud@1' }),
      await workspace.registry.show({ ref: 'fraud@2' }),
    ];
    expect(first.tags).toEqual({ 'superseded-by': '2' });
    expect(first.notes).toEqual([expect.objectContaining({ text: expect.stringContaining('version 2') })]);
    expect(second.tags).toEqual({ supersedes: '1' });
    expect(second.notes).toEqual([expect.objectContaining({ text: expect.stringContaining('version 1') })]);
  });

  it('is not mixed up with another run that writes the same place soon after', async () => {
    const workspace = await makeWorkspace();
    let found = record({ id: 'one' });
    const watching = watchWorkspace(workspace, 'outputs: [model.safetensors]', { runs: async () => [found] });
    await workspace.write('model.safetensors', safetensors([1]));
    await workspace.newest(1);
    found = record({ id: 'two' });
    await workspace.write('model.safetensors', safetensors([1]));
    await workspace.newest(2);
    expect(watching.superseded).toEqual([]);
    expect((await workspace.registry.show({ ref: 'fraud@2' })).lineage.run?.id).toBe('two');
  });

  it('that ends with a file it never finished leaves the last whole checkpoint', async () => {
    const workspace = await makeWorkspace();
    watchWorkspace(workspace, CHECKPOINTS, { settleMs: 20 });
    await workspace.write('out/epoch_1.safetensors', safetensors([1]));
    await workspace.write('out/epoch_2.safetensors', safetensors([2, 3]).subarray(0, -4));
    expect((await workspace.newest(1)).tags).toEqual({ checkpoint: 'epoch_1.safetensors' });
  });
});
