import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { buildInto } from '../../test/cli/harness/build.ts';
import { modelCountFor, modelName, pick, randomSource, versionAt } from '../content.ts';
import { makeRegistry } from '../make-registry.ts';
import type { Facts, GroupOptions, Results, Table } from '../results.ts';
import { msText, timesOf } from '../timing.ts';
import { pythonVenv } from './python-venv.ts';
import type { Queries } from './questions.ts';

const MLFLOW_VERSION = '3.17.2';
const TIMEOUT_MS = 30 * 60_000;
const WARMUPS = 3;
/** Beyond, MLflow takes so long for one search that fewer must do. */
const MANY_VERSIONS = 10_000;

const execFileDone = promisify(execFile);
const takenSchema = v.record(v.string(), v.array(v.number()));
const mlflowSchema = v.object({ version: v.string(), times: takenSchema, found: takenSchema });
const oursSchema = v.object({ times: takenSchema, found: takenSchema });

/** What is compared: the name of ours, of MLflow's, and whether it is one of the searches. */
const PAIRS = [
  { title: 'promote / change of stage', ours: 'promote', mlflow: 'promote: stage', kind: 'promote' },
  { title: 'promote / change of alias', ours: 'promote', mlflow: 'promote: alias', kind: 'promote' },
  { title: 'change of alias', ours: 'alias', mlflow: 'promote: alias', kind: 'other' },
  { title: 'register a model of 4 KiB', ours: 'register', mlflow: 'register', kind: 'register' },
  { title: 'search by metric', ours: 'search by metric', mlflow: 'search by metric', kind: 'search' },
  { title: 'search by two metrics', ours: 'search by two metrics', mlflow: 'search by two metrics', kind: 'search' },
  { title: 'search by param', ours: 'search by param', mlflow: 'search by param', kind: 'search' },
  { title: 'search by tag', ours: 'search by tag', mlflow: 'search by tag', kind: 'search' },
  {
    title: 'search by model and tag',
    ours: 'search by model and tag',
    mlflow: 'search by model and tag',
    kind: 'search',
  },
  {
    title: 'list a page of a model',
    ours: 'list a page of a model',
    mlflow: 'list a page of a model',
    kind: 'other',
  },
  { title: 'show a version', ours: 'show a version', mlflow: 'show a version', kind: 'other' },
  { title: 'what has the alias', ours: 'what has the alias', mlflow: 'what has the alias', kind: 'other' },
  {
    title: 'history / versions by last change',
    ours: 'last changes of a model',
    mlflow: 'last changes of a model',
    kind: 'other',
  },
] as const;

/** Ours and MLflow's registry with the same versions, asked the same questions, one after the other. */
export async function benchmarkBesideMlflow({ sizes, runs: wanted, onProgress }: GroupOptions): Promise<Results> {
  const venv = await pythonVenv('mlflow', MLFLOW_VERSION, onProgress);
  const scratch = await mkdtemp(join(tmpdir(), 'model-registry-bench-'));
  const tables: Table[] = [];
  const facts: Record<string, number> = {};
  try {
    await buildInto(scratch);
    for (const versions of sizes) {
      const runs = Math.min(wanted, versions > MANY_VERSIONS ? 30 : 100);
      const place = join(scratch, String(versions));
      await mkdir(join(place, 'mlflow'), { recursive: true });
      await prepare(place, versions, runs);
      onProgress(`MLflow, ${versions} versions`);
      const mlflow = v.parse(mlflowSchema, JSON.parse(await runMlflow(venv, place, runs)));
      onProgress(`ours beside it, ${versions} versions`);
      const ours = v.parse(oursSchema, JSON.parse(await runOurs(scratch, place, runs)));
      assertSameAnswers(ours.found, mlflow.found);
      tables.push(tableOf(versions, ours.times, mlflow));
      Object.assign(facts, factsOf(versions, ours.times, mlflow.times));
      await rm(place, { recursive: true, force: true });
    }
    return { tables, facts };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The versions for MLflow, our registry of the same, and the questions for both. */
async function prepare(place: string, versions: number, runs: number): Promise<void> {
  const lines = Array.from({ length: versions }, (_, index) => `${JSON.stringify(versionAt(index, versions))}\n`);
  await writeFile(join(place, 'versions.jsonl'), lines.join(''));
  await mkdir(join(place, 'registry'));
  makeRegistry({ dir: join(place, 'registry'), versions });
  await writeFile(join(place, 'queries.json'), JSON.stringify(await questions(place, versions, runs + WARMUPS)));
}

async function questions(place: string, versions: number, count: number): Promise<Queries> {
  const random = randomSource(23);
  const models = modelCountFor(versions);
  const perModel = Math.floor(versions / models);
  const times = <T>(make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
  const someModel = () => modelName(Math.floor(random() * models));
  const register = times((index) => {
    const { metrics, params, tags, description } = versionAt(versions + index, versions);
    return { model: someModel(), metrics, params, tags, description, file: join(place, `model-${index}.bin`) };
  });
  for (const [index, { file }] of register.entries()) await writeFile(file, Buffer.alloc(4096, `weights ${index} `));
  return {
    // In turns, so that each is new in its stage.
    promote: times((index) => ({
      model: modelName(index % models),
      number: 2 + (Math.floor(index / models) % (perModel - 1)),
    })),
    register,
    metric: times(() => Number((0.7 + random() * 0.289).toFixed(4))),
    sweep: times(() => `sweep-${Math.floor((random() * versions) / 50)}`),
    seed: times(() => String(Math.floor(random() * versions))),
    models: times(() =>
      pick(
        Array.from({ length: models }, (_, index) => modelName(index)),
        random,
      ),
    ),
  };
}

async function runMlflow(venv: string, place: string, runs: number): Promise<string> {
  const script = join(import.meta.dirname, 'mlflow_registry.py');
  const { stdout } = await execFileDone(
    join(venv, 'bin/python'),
    [script, join(place, 'mlflow'), join(place, 'versions.jsonl'), join(place, 'queries.json'), String(runs)],
    { timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout;
}

async function runOurs(scratch: string, place: string, runs: number): Promise<string> {
  const request = JSON.stringify({
    place,
    workerFile: join(scratch, 'worker.js'),
    runs: runs + WARMUPS,
    warmups: WARMUPS,
  });
  const { stdout } = await execFileDone(
    process.execPath,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', join(import.meta.dirname, 'same-questions.ts'), request],
    { timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout;
}

/** Times are comparable only where both found the same. */
function assertSameAnswers(ours: Taken, mlflow: Taken): void {
  const different = Object.keys(mlflow).filter((name) => JSON.stringify(ours[name]) !== JSON.stringify(mlflow[name]));
  if (different.length === 0) return;
  const [name = ''] = different;
  throw new Error(
    `Ours and MLflow answer differently to "${name}": ${ours[name]} and ${mlflow[name]} versions a page.`,
  );
}

type Taken = Readonly<Record<string, readonly number[]>>;

function tableOf(versions: number, ours: Taken, mlflow: v.InferOutput<typeof mlflowSchema>): Table {
  const rows = PAIRS.map(({ title, ours: our, mlflow: their }) => {
    const [a, b] = [timesOf(ours[our] ?? []), timesOf(mlflow.times[their] ?? [])];
    return [title, msText(a.p50), msText(a.p95), msText(b.p50), msText(b.p95), `${(b.p50 / a.p50).toFixed(1)} ×`];
  });
  return {
    title: `Beside MLflow ${mlflow.version} with ${versions.toLocaleString('en')} versions`,
    note: 'Both in one long-lived process with warm caches, MLflow on its SQLite store without a server. The ratio is of the medians.',
    columns: ['', 'ours, median', 'p95', 'MLflow, median', 'p95', 'ratio'],
    rows,
  };
}

/** The smallest ratio of each kind: what is said must hold for all of them. */
function factsOf(versions: number, ours: Taken, mlflow: Taken): Facts {
  const facts: Record<string, number> = {};
  for (const { kind, ours: our, mlflow: their } of PAIRS) {
    if (kind === 'other') continue;
    const ratio = timesOf(mlflow[their] ?? []).p50 / timesOf(ours[our] ?? []).p50;
    const name = `mlflow ${kind}@${versions}`;
    facts[name] = Math.min(facts[name] ?? Number.POSITIVE_INFINITY, ratio);
  }
  return facts;
}
