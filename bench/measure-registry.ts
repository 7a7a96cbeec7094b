// Runs in a process of its own, so that its memory is that of one registry: `measure-registry.ts STEP '{"dir":…}'`, JSON on stdout.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { VersionSummary } from '../src/catalog/read-models/versions.ts';
import type { Registry } from '../src/registry/api/registry.ts';
import { openRegistry } from '../src/registry/open.ts';
import { filesystemStore } from '../src/storage/filesystem-store.ts';
import { modelCountFor, modelName, randomSource, versionAt } from './content.ts';
import { queriesOver } from './queries.ts';
import { timeEach, timesOf } from './timing.ts';

const requestSchema = v.object({
  dir: v.string(),
  versions: v.number(),
  workerFile: v.string(),
  scratch: v.string(),
  /** How often each thing is done. */
  runs: v.number(),
});
type Request = v.InferOutput<typeof requestSchema>;

const MIB = 1024 * 1024;

function open(request: Request): Promise<Registry> {
  return openRegistry({
    dir: request.dir,
    author: { name: 'Ann Lee', email: 'ann@example.org' },
    via: 'cli',
    workerFile: request.workerFile,
    stateDir: join(request.scratch, 'state'),
  });
}

/** Twice from the log: as a log is that nobody has read yet, and with the segments that the first time left. */
async function rebuild(request: Request) {
  const first = await open(request);
  const firstMs = await timed(() => first.rebuild());
  // The segments are written behind it.
  await first.close();
  const registry = await open(request);
  const againMs = await timed(() => registry.rebuild());
  await registry.close();
  return { firstMs, againMs, peakMb: peakMb() };
}

/** From the saved catalog to the first page on the screen. */
async function openSaved(request: Request) {
  const startedAt = performance.now();
  const registry = await open(request);
  await registry.listVersions({ limit: 50 });
  const openMs = performance.now() - startedAt;
  const rssMb = process.memoryUsage.rss() / MIB;
  await registry.close();
  return { openMs, rssMb };
}

/** The first search of each kind, then many: an index that is filled at the first search must show. */
async function ask(request: Request) {
  const registry = await open(request);
  const queries = queriesOver(registry, request.versions);
  const times: Record<string, unknown> = {};
  const firsts: Record<string, number> = {};
  for (const [name, query] of Object.entries(queries)) {
    firsts[name] = await timed(() => query(0));
    times[name] = await timeEach(request.runs, (index) => query(index + 1), Math.min(20, request.runs));
  }
  const rssMb = process.memoryUsage.rss() / MIB;
  await registry.close();
  return { times, firsts, rssMb, peakMb: peakMb() };
}

/** Promotions, each rolled back; registrations; a search after a change. Long enough for the catalog to be saved meanwhile. */
async function change(request: Request) {
  const registry = await open(request);
  const random = randomSource(11);
  const models = modelCountFor(request.versions);
  const promotes: number[] = [];
  const rollbacks: number[] = [];
  const searches: number[] = [];
  for (let index = 0; index < request.runs; index += 1) {
    const model = modelName(Math.floor(random() * models));
    const candidate = await candidateOf(registry, model, request.versions, random);
    promotes.push(await timed(() => registry.promote({ ref: candidate, stage: 'production', reason: `try ${index}` })));
    searches.push(await timed(() => registry.search({ query: `auc>${(0.9 + random() / 20).toFixed(4)} baseline` })));
    rollbacks.push(await timed(() => registry.rollback({ model, reason: `undo ${index}` })));
  }
  const registers = await registerSmall(registry, request);
  const store = filesystemStore(join(request.scratch, 'store'));
  const bytes = new Uint8Array(900);
  const put = await timeEach(request.runs, (index) => store.putIfAbsent(`log/${request.versions}-${index}`, bytes));
  const rssMb = process.memoryUsage.rss() / MIB;
  await registry.close();
  return {
    promote: timesOf(promotes),
    rollback: timesOf(rollbacks),
    search: timesOf(searches),
    register: registers,
    put,
    rssMb,
    peakMb: peakMb(),
  };
}

async function candidateOf(registry: Registry, model: string, versions: number, random: () => number): Promise<string> {
  const count = Math.floor(versions / modelCountFor(versions));
  for (;;) {
    const found: VersionSummary = await registry.show({ ref: `${model}@${1 + Math.floor(random() * count)}` });
    if (found.stage !== 'production') return `${model}@${found.number}`;
  }
}

/** A file of 4 KiB with metrics, params and tags, as a sweep registers them. */
async function registerSmall(registry: Registry, request: Request) {
  const folder = join(request.scratch, 'small');
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (let index = 0; index < request.runs; index += 1) {
    const file = join(folder, `model-${index}.bin`);
    await writeFile(file, Buffer.alloc(4096, `weights ${request.versions} ${index} `));
    files.push(file);
  }
  return timeEach(files.length, (index) => {
    const { metrics, params, tags, description } = versionAt(request.versions + index, request.versions);
    return registry.register({ model: modelName(0), paths: [files[index] ?? ''], metrics, params, tags, description });
  });
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await task();
  return performance.now() - startedAt;
}

function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

const steps: Readonly<Record<string, (request: Request) => Promise<unknown>>> = { rebuild, openSaved, ask, change };
const [name = '', argument = '{}'] = process.argv.slice(2);
const step = steps[name];
if (!step) throw new Error(`There is no step ${name}.`);
console.log(JSON.stringify(await step(v.parse(requestSchema, JSON.parse(argument)))));
