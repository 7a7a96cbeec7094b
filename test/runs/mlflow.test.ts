import { appendFile, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { findRuns } from '../../src/runs/find-runs.ts';
import type { RunRecord } from '../../src/runs/run-record.ts';
import { temporaryFolder, write } from '../lineage/folder.ts';
import { expected, fixture, metric, metrics, runsIn, unpack } from './fixtures.ts';

const run = v.object({
  id: v.string(),
  name: v.string(),
  experiment: v.string(),
  status: v.string(),
  start: v.number(),
  end: v.number(),
  metrics,
  params: v.record(v.string(), v.string()),
  tags: v.record(v.string(), v.string()),
  history: v.object({ loss: v.array(v.tuple([v.number(), metric, v.number()])) }),
  datasets: v.array(v.object({ name: v.string(), digest: v.string(), context: v.string() })),
  models: v.array(v.string()),
});
const schema = v.object({ commit: v.string(), runs: v.array(run) });
type Expected = v.InferOutput<typeof run>;

/** What MLflow's client says, in our words. */
function inOurWords(told: Expected, commit: string) {
  const points = told.history.loss.map(([step, value, atMs]) => ({ step, value, atMs }));
  return {
    tracker: 'mlflow',
    id: told.id,
    name: told.name,
    group: told.experiment,
    status: told.status === 'FINISHED' ? 'finished' : 'failed',
    startedAt: new Date(told.start).toISOString(),
    endedAt: new Date(told.end).toISOString(),
    // MLflow's database has the largest number for infinity.
    metrics: Object.fromEntries(
      Object.entries(told.metrics).map(([name, value]) => [name, value === -Number.MAX_VALUE ? '-Infinity' : value]),
    ),
    params: told.params,
    tags: Object.fromEntries(Object.entries(told.tags).filter(([name]) => !name.startsWith('mlflow.'))),
    gitCommit: commit,
    user: told.tags['mlflow.user'],
    loss: points.length > 1 ? points.map(({ step, value }) => [step, value]).sort() : undefined,
    datasets: told.datasets,
  };
}

function compared(record: RunRecord) {
  const { history, place, modelPaths, sourceFiles, command, tags = {}, datasets = [], ...rest } = record;
  return { ...rest, tags, datasets, loss: history?.loss?.points.map(({ step, value }) => [step, value]).sort() };
}

describe("runs in MLflow's files", () => {
  it('say what MLflow itself says, without the one that was deleted', async () => {
    const root = await fixture('mlflow-files');
    const told = await expected('mlflow-files', schema);
    const runs = await runsIn(root, 'mlflow');
    expect(runs.toSorted((a, b) => (a.name ?? '').localeCompare(b.name ?? '')).map(compared)).toEqual(
      told.runs.toSorted((a, b) => a.name.localeCompare(b.name)).map((entry) => inOurWords(entry, told.commit)),
    );
  });

  it('are certain for the model that MLflow logged, wherever the workspace is now, and for a copy that names its run', async () => {
    const root = await fixture('mlflow-files');
    const told = await expected('mlflow-files', schema);
    const first = told.runs.find(({ name }) => name === 'first');
    const [logged] = (await runsIn(root, 'mlflow')).flatMap(({ modelPaths = [] }) => modelPaths);
    expect(logged).toMatch(new RegExp(`^mlruns/\\d+/models/${first?.models[0]}/artifacts$`));
    const copy = join(root, 'models/churn');
    await mkdir(join(root, 'models'));
    for (const near of [join(root, logged ?? '', 'MLmodel'), copy]) {
      if (near === copy) await rename(join(root, logged ?? ''), copy);
      const { runs } = await findRuns(root, { near: [near] });
      expect(runs.map(({ certainty, run: { id } }) => ({ certainty, id }))).toEqual([
        { certainty: 'certain', id: first?.id },
      ]);
    }
  });

  it('are read up to what is cut off or is no number, and without what leads out of the workspace', async () => {
    const root = await fixture('mlflow-files');
    const [{ place } = { place: '' }] = (await runsIn(root, 'mlflow')).filter(({ name }) => name === 'broken');
    const outside = await temporaryFolder();
    await write(outside, 'secret', '1 2 3\n');
    await symlink(join(outside, 'secret'), join(root, place, 'metrics/stolen'));
    await mkdir(join(root, place, 'params'), { recursive: true });
    await symlink(outside, join(root, place, 'params/folder'));
    await appendFile(join(root, place, 'metrics/loss'), '1795630152650 0x10 5\n179563015');
    await write(root, `${place}/metrics/__proto__`, '1795630152650 1 0\n');
    await write(root, `${place}/outputs/m-1/meta.yaml`, 'destination_id: ../../../../etc\n');
    const broken = (await runsIn(root, 'mlflow')).find(({ name }) => name === 'broken');
    expect(broken).toMatchObject({ metrics: { loss: 3 }, params: {} });
    expect(Object.keys(broken?.metrics ?? {})).toEqual(['loss']);
    expect(broken?.problems).toEqual([expect.stringContaining('"__proto__"')]);
    expect(broken?.modelPaths).toBeUndefined();
  });
});

describe("runs in MLflow's database", () => {
  it('say what MLflow itself says', async () => {
    const root = await temporaryFolder();
    await unpack('mlflow-sqlite/at-rest.db.gz', join(root, 'mlflow.db'));
    const told = await expected('mlflow-sqlite', schema);
    const runs = await runsIn(root, 'mlflow');
    expect(runs.map(compared).map((found) => found.name)).toEqual(['broken', 'first']);
    for (const entry of told.runs)
      expect(runs.map(compared).find(({ id }) => id === entry.id)).toEqual(inOurWords(entry, told.commit));
  });

  it('are there as soon as they are committed, in the write-ahead log alone', async () => {
    const root = await temporaryFolder();
    await unpack('mlflow-sqlite/wal.db.gz', join(root, 'mlflow.db'));
    const before = (await runsIn(root, 'mlflow')).map(({ name }) => name);
    await unpack('mlflow-sqlite/wal.db-wal.gz', join(root, 'mlflow.db-wal'));
    const { late } = await expected('mlflow-sqlite', v.object({ late: v.object({ id: v.string(), metrics }) }));
    const runs = await runsIn(root, 'mlflow');
    expect(before).toEqual(['broken', 'first']);
    expect(runs.find(({ id }) => id === late.id)).toMatchObject({
      name: 'in the wal',
      metrics: late.metrics,
      params: { depth: '3' },
    });
  });

  it('have nothing of a transaction that is not committed, and nobody writes beside them', async () => {
    const root = await temporaryFolder();
    const [db, wal] = [join(root, 'mlflow.db'), join(root, 'mlflow.db-wal')];
    await unpack('mlflow-sqlite/wal.db.gz', db);
    await unpack('mlflow-sqlite/uncommitted.db-wal.gz', wal);
    const before = await Promise.all([readFile(db), readFile(wal)]);
    const runs = await runsIn(root, 'mlflow');
    expect(runs.map(({ name }) => name)).toEqual(['in the wal', 'broken', 'first']);
    expect(Object.keys(runs[0]?.params ?? {})).toEqual(['depth']);
    expect(await Promise.all([readFile(db), readFile(wal)])).toEqual(before);
  });

  it('are a problem where the file is cut off, damaged or something else', async () => {
    const root = await temporaryFolder();
    const model = await write(root, 'model.bin', 'x');
    await unpack('mlflow-sqlite/at-rest.db.gz', join(root, 'whole.db'));
    const whole = await readFile(join(root, 'whole.db'));
    await writeFile(join(root, 'mlflow-cut.db'), whole.subarray(0, whole.length / 2));
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 4096 * 3, 4096 * 40);
    await writeFile(join(root, 'mlflow-damaged.db'), damaged);
    await write(root, 'mlflow-text.db', 'no database');
    const { problems } = await findRuns(root, { near: [model] });
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).toMatch(/mlflow-cut\.db.*\n.*mlflow-damaged\.db.*\n.*mlflow-text\.db/);
  });
});
