import { utimes } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { outputStates, registerAfterRun } from '../../src/outputs/after-run.ts';
import { type CaptureProviders, registerDeclared } from '../../src/outputs/capture.ts';
import { runsOfModel } from '../../src/outputs/model-claims.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import type { Project } from '../../src/project/project-schema.ts';
import { type FoundRun, findRuns } from '../../src/runs/find-runs.ts';
import { readMetricsFile, readParamsFile } from '../../src/runs/values-file.ts';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, type Workspace, watchWorkspace } from './workspace.ts';

const projectOf = (models: string): Project => parseProject(`models:\n${models}`, 'model-registry.yaml');

const providersFor = (root: string): CaptureProviders => ({
  code: async () => undefined,
  environment: async () => undefined,
  metrics: readMetricsFile,
  params: readParamsFile,
  runs: async (files, sinceMs) => (await findRuns(root, { near: files, sinceMs })).runs,
});

async function register({ root, registry }: Workspace, project: Project, name: string) {
  const model = project.models[name];
  if (!model) throw new Error(`${name} isn't declared`);
  const problems: unknown[] = [];
  const { version } = await registerDeclared({
    ...{ root, name, model, project, registry, providers: providersFor(root) },
    onLeftOut: (problem) => problems.push(problem),
  });
  return { ...version, problems };
}

/** What `run` does around a command. */
async function record(
  { root, registry }: Workspace,
  project: Project,
  train: () => Promise<void>,
  models = Object.keys(project.models),
) {
  const before = await outputStates(root, project);
  const startedAt = new Date().toISOString();
  await train();
  const problems: unknown[] = [];
  const results = await registerAfterRun({
    ...{ root, project, models, registry, before, providers: providersFor(root), operation: {} },
    run: { id: 'run', startedAt, endedAt: new Date().toISOString(), exitCode: 0 },
    onProblem: (problem) => problems.push(problem),
    onFailed: (failure) => problems.push(failure),
  });
  const metrics = Object.fromEntries(results.map(({ version }) => [version.model, version.metrics]));
  return { metrics, problems };
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3600_000);

const DECLARED_BY_B = projectOf(`  a: {outputs: [models/a/**]}
  b: {outputs: [models/b/**], metrics: [metrics.json], params: [params.yaml]}
`);
const UNDECLARED = projectOf(`  a: {outputs: [models/a/**]}
  b: {outputs: [models/b/**]}
`);

describe('a model of several in a project', () => {
  it('has no metrics or params from files that are declared for another one', async () => {
    const workspace = await makeWorkspace();
    await workspace.write('models/a/model.safetensors', safetensors([1]));
    await workspace.write('models/b/model.safetensors', safetensors([2]));
    await workspace.write('metrics.json', '{"auc": 0.99}');
    await workspace.write('params.yaml', 'lr: 1\n');
    expect(await register(workspace, DECLARED_BY_B, 'a')).toMatchObject({ metrics: {}, params: {} });
    expect(await register(workspace, DECLARED_BY_B, 'b')).toMatchObject({
      metrics: { auc: 0.99 },
      params: { lr: '1' },
    });
  });

  it('does not get past a gate with the metrics of another one', async () => {
    const workspace = await makeWorkspace();
    await workspace.write('models/a/model.safetensors', safetensors([1]));
    await workspace.write('metrics.json', '{"auc": 0.99}');
    await register(workspace, DECLARED_BY_B, 'a');
    const policy = { gates: { production: [{ metric: 'auc', min: 0.9 }] } };
    await workspace.registry.setPolicy({ model: 'a', policy });
    const promotion = workspace.registry.promote({ ref: 'a@1', stage: 'production', reason: 'good' });
    await expect(promotion).rejects.toMatchObject({ code: 'GATE_FAILED' });
  });

  it('has none of what lies with the outputs of another one, and all that lies with its own', async () => {
    const workspace = await makeWorkspace();
    const log = 'epoch,loss\n1,0.5\n2,0.25\n';
    await workspace.write('models/a/model.safetensors', safetensors([1]));
    await workspace.write('models/b/weights/model.safetensors', safetensors([2]));
    await workspace.write('models/b/weights/training.csv', log);
    await workspace.write('models/a/metrics.json', '{"auc": 0.7}');
    await workspace.write('models/b/metrics.json', '{"auc": 0.99}');
    const project = projectOf(
      `  a: {outputs: [models/a/*.safetensors]}\n  b: {outputs: [models/b/weights/*.safetensors]}\n`,
    );
    expect((await register(workspace, project, 'a')).metrics).toEqual({ auc: 0.7 });
    expect((await register(workspace, project, 'b')).metrics).toEqual({ auc: 0.99, loss: 0.25 });
  });

  it('has nothing of metrics that are as near to another one, and the params that both are near to', async () => {
    const workspace = await makeWorkspace();
    await workspace.write('models/a/model.safetensors', safetensors([1]));
    await workspace.write('metrics.json', '{"auc": 0.99}');
    await workspace.write('params.yaml', 'lr: 1\n');
    expect(await register(workspace, UNDECLARED, 'a')).toMatchObject({
      metrics: {},
      params: { lr: '1' },
      problems: [{ code: 'METRICS_UNCLEAR', message: expect.stringContaining('metrics: [metrics.json]') }],
    });
    const alone = projectOf('  a: {outputs: [models/a/**]}\n');
    await workspace.write('models/a/model.safetensors', safetensors([3]));
    await workspace.write('metrics.json', '{"auc": 0.99}');
    expect((await register(workspace, alone, 'a')).metrics).toEqual({ auc: 0.99 });
  });

  it('is watched by the same rule', async () => {
    const workspace = await makeWorkspace();
    await workspace.write('metrics.json', '{"auc": 0.99}');
    await workspace.write('models/fraud/model.safetensors', safetensors([1]));
    watchWorkspace(workspace, 'outputs: [models/fraud/**]', {
      others: 'b: {outputs: [models/b/**], metrics: [metrics.json]}',
      runs: providersFor(workspace.root).runs,
    });
    expect((await workspace.newest(1)).metrics).toEqual({});
  });
});

describe('of the runs that trackers recorded', () => {
  const tracked = (given: Partial<FoundRun['run']>, certainty: FoundRun['certainty'] = 'likely'): FoundRun => ({
    run: {
      ...{
        tracker: 'mlflow',
        place: 'mlruns/1/abc',
        id: 'abc',
        status: 'finished',
        params: {},
        sourceFiles: ['mlruns/1/abc/meta.yaml'],
      },
      metrics: { auc: 0.99 },
      ...given,
    },
    certainty,
    reason: '',
  });
  const beganAtMs = Date.parse('2026-11-25T10:00:00.000Z');
  const kept = (found: FoundRun, project = UNDECLARED) =>
    runsOfModel([found], { project, name: 'a', beganAtMs }).length;

  it.each([
    ['one that went on while the outputs were written', 1, tracked({})],
    [
      'one that recorded the outputs as its own, whenever it began',
      1,
      tracked({ startedAt: '2026-11-25T09:00:00.000Z' }, 'certain'),
    ],
    ['one that began before the command that wrote them', 0, tracked({ startedAt: '2026-11-25T09:00:00.000Z' })],
    ['one that had ended when they were written', 0, tracked({}, 'possible')],
    ['one that may go on still', 1, tracked({ status: 'running' }, 'possible')],
    ['one that recorded files of another model', 0, tracked({ modelPaths: ['models/b/model.safetensors'] })],
    ['one in the folder of another model', 0, tracked({ sourceFiles: ['models/b/mlruns/1/abc/meta.yaml'] })],
  ])('%s counts: %i', (_what, count, found) => {
    expect(kept(found)).toBe(count);
    // Alone in its project, a model is the one that they can be of.
    expect(kept(found, projectOf('  a: {outputs: [models/a/**]}\n'))).toBe(1);
  });
});

describe('a recorded run', () => {
  it('gives metrics near several models to the one that it trained', async () => {
    const workspace = await makeWorkspace();
    const { metrics } = await record(workspace, UNDECLARED, async () => {
      await workspace.write('models/a/model.safetensors', safetensors([1]));
      await workspace.write('metrics.json', '{"auc": 0.9}');
    });
    expect(metrics).toEqual({ a: { auc: 0.9 } });
  });

  it('gives them to none where it trained several', async () => {
    const workspace = await makeWorkspace();
    const { metrics } = await record(workspace, UNDECLARED, async () => {
      await workspace.write('models/a/model.safetensors', safetensors([1]));
      await workspace.write('models/b/model.safetensors', safetensors([2]));
      await workspace.write('metrics.json', '{"auc": 0.9}');
    });
    expect(metrics).toEqual({ a: {}, b: {} });
  });

  it('registers the models that were asked for, without what is of the others', async () => {
    const workspace = await makeWorkspace();
    const train = async () => {
      await workspace.write('models/a/model.safetensors', safetensors([1]));
      await workspace.write('models/b/model.safetensors', safetensors([2]));
      await workspace.write('metrics.json', '{"auc": 0.9}');
    };
    expect((await record(workspace, DECLARED_BY_B, train, ['a'])).metrics).toEqual({ a: {} });
  });

  it('has no metrics from before it began, found or declared, and says so of the declared ones', async () => {
    const workspace = await makeWorkspace();
    for (const path of ['metrics.json', 'models/a/metrics.json'])
      await utimes(await workspace.write(path, '{"auc": 0.99}'), hoursAgo(0.01), hoursAgo(0.01));
    const train = async () => {
      await workspace.write('models/a/model.safetensors', safetensors([1]));
    };
    const found = await record(workspace, projectOf('  a: {outputs: [models/a/*.safetensors]}\n'), train);
    expect(found).toEqual({ metrics: { a: {} }, problems: [] });
    const declaring = projectOf('  a: {outputs: [models/a/*.safetensors], metrics: [metrics.json]}\n');
    const declared = await record(workspace, declaring, train);
    expect(declared.metrics).toEqual({ a: {} });
    expect(declared.problems).toEqual([
      expect.objectContaining({ code: 'METRICS_STALE', message: expect.stringContaining('metrics.json') }),
    ]);
  });

  it('has metrics that it brought from elsewhere with their own times, as the outputs', async () => {
    const workspace = await makeWorkspace();
    const { metrics } = await record(workspace, projectOf('  a: {outputs: [models/a/*.safetensors]}\n'), async () => {
      for (const [path, content] of [
        ['models/a/model.safetensors', safetensors([1])],
        ['models/a/metrics.json', '{"auc": 0.9}'],
      ] as const)
        await utimes(await workspace.write(path, content), hoursAgo(5), hoursAgo(5));
    });
    expect(metrics).toEqual({ a: { auc: 0.9 } });
  });

  it('has declared metrics that it wrote with the same values, and with an old time', async () => {
    const workspace = await makeWorkspace();
    const file = await workspace.write('metrics.json', '{"auc": 0.9}');
    const { metrics, problems } = await record(workspace, DECLARED_BY_B, async () => {
      await workspace.write('models/b/model.safetensors', safetensors([1]));
      await workspace.write('metrics.json', '{"auc": 0.9}');
      await utimes(file, hoursAgo(1), hoursAgo(1));
    });
    expect({ metrics, problems }).toEqual({ metrics: { b: { auc: 0.9 } }, problems: [] });
  });
});

describe('commands that were seen one after the other', () => {
  it('may be one training: metrics of the one before the last count', async () => {
    const workspace = await makeWorkspace();
    const declared = 'outputs: [out/model.safetensors], metrics: [out/metrics.json]';
    const { goingOn, rescan } = watchWorkspace(workspace, declared);
    const file = await workspace.write('out/metrics.json', '{"auc": 0.9}');
    await utimes(file, hoursAgo(0.02), hoursAgo(0.02));
    goingOn.commandStarted({ id: 'export', startedAtMs: Date.now() - 1000 });
    await workspace.write('out/model.safetensors', safetensors([1]));
    goingOn.commandEnded('export', Date.now() + 100, 0);
    await rescan();
    expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.9 });
  });
});

describe('declared metrics that are older than the training', () => {
  it('are left out of the version, and that is said', async () => {
    const workspace = await makeWorkspace();
    const project = projectOf('  a: {outputs: [models/a/**], metrics: [metrics.json]}\n');
    const file = await workspace.write('metrics.json', '{"auc": 0.99}');
    await utimes(file, hoursAgo(5), hoursAgo(5));
    await workspace.write('models/a/model.safetensors', safetensors([1]));
    const first = await register(workspace, project, 'a');
    expect(first).toMatchObject({ metrics: {}, problems: [{ code: 'METRICS_STALE' }] });
    await workspace.write('metrics.json', '{"auc": 0.8}');
    expect(await register(workspace, project, 'a')).toMatchObject({ number: 1, metrics: { auc: 0.8 }, problems: [] });
    await workspace.write('models/a/model.safetensors', safetensors([2]));
    expect(await register(workspace, project, 'a')).toMatchObject({ number: 2, metrics: {} });
  });

  it('are left out where they are watched, too', async () => {
    const workspace = await makeWorkspace();
    const file = await workspace.write('metrics.json', '{"auc": 0.99}');
    await utimes(file, hoursAgo(5), hoursAgo(5));
    watchWorkspace(workspace, 'outputs: [model.safetensors], metrics: [metrics.json]');
    await workspace.write('model.safetensors', safetensors([1]));
    expect((await workspace.newest(1)).metrics).toEqual({});
    await workspace.write('metrics.json', '{"auc": 0.8}');
    await vi.waitFor(async () => expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.8 }));
  });
});
