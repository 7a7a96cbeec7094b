// `npm run fuzz -- --inputs 1000000 [--from 0] [--workers 2]`, or `-- --seed N` to repeat one input and say what is made of it.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { corpus, type Files } from './corpus.ts';
import { inputOf, readInput } from './one-input.ts';

const TIME_LIMIT_MS = 1000;
const LOOK_MS = 50;
const BATCH = 2000;
/** The limit for what one input may take; the two generations together. */
const MEMORY_LIMIT = { maxOldGenerationSizeMb: 224, maxYoungGenerationSizeMb: 32 };
/** What the process may grow by for each thread, buffers included. */
const MAX_GROWTH_MB = 512;

const taskSchema = v.object({ from: v.number(), to: v.number(), shared: v.instance(SharedArrayBuffer) });
const toldSchema = v.variant('kind', [
  v.object({ kind: v.literal('failed'), seed: v.number(), message: v.string() }),
  v.object({
    kind: v.literal('done'),
    withProblems: v.number(),
    slowestMs: v.number(),
    slowest: v.number(),
    formats: v.record(v.string(), v.number()),
  }),
]);

/** Reads the inputs of a range; tells through `shared` which one it is at, and since when. */
async function runRange(): Promise<void> {
  const { from, to, shared } = v.parse(taskSchema, workerData);
  const at = new Float64Array(shared);
  const models = await corpus();
  const formats: Record<string, number> = {};
  let [withProblems, slowestMs, slowest] = [0, 0, from];
  for (let seed = from; seed < to; seed += 1) {
    const input = inputOf(seed, models);
    const startedAt = performance.timeOrigin + performance.now();
    at[0] = seed;
    at[1] = startedAt;
    try {
      const reading = await readInput(input);
      if (reading.hadProblems) withProblems += 1;
      for (const format of reading.formats) formats[format] = (formats[format] ?? 0) + 1;
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      parentPort?.postMessage({ kind: 'failed', seed, message });
    }
    at[1] = 0;
    const tookMs = performance.timeOrigin + performance.now() - startedAt;
    if (tookMs > slowestMs) [slowestMs, slowest] = [tookMs, seed];
  }
  parentPort?.postMessage({ kind: 'done', withProblems, slowestMs, slowest, formats });
}

interface Sum {
  inputs: number;
  withProblems: number;
  slowestMs: number;
  slowest: number;
  readonly growthLimitMb: number;
  mostMb: number;
  readonly formats: Map<string, number>;
  readonly failures: { readonly seed: number; readonly message: string }[];
}

/** Runs one range in a thread of its own, watched: where an input takes too long or too much, the range goes on behind it. */
async function runWatched(from: number, to: number, sum: Sum): Promise<void> {
  let next = from;
  while (next < to) {
    const shared = new SharedArrayBuffer(16);
    const at = new Float64Array(shared);
    at[0] = next;
    const worker = new Worker(import.meta.filename, {
      workerData: { from: next, to, shared },
      resourceLimits: MEMORY_LIMIT,
    });
    const ended = await new Promise<'done' | 'slow' | 'memory'>((resolve) => {
      const watch = setInterval(() => {
        const since = at[1] ?? 0;
        sum.mostMb = Math.max(sum.mostMb, process.memoryUsage.rss() / 2 ** 20);
        if (since > 0 && performance.timeOrigin + performance.now() - since > TIME_LIMIT_MS) finish('slow');
        else if (sum.mostMb > sum.growthLimitMb) finish('memory');
      }, LOOK_MS);
      const finish = (how: 'done' | 'slow' | 'memory') => {
        clearInterval(watch);
        resolve(how);
      };
      worker.on('message', (message: unknown) => {
        const told = v.parse(toldSchema, message);
        if (told.kind === 'failed') {
          sum.failures.push(told);
          process.stderr.write(`\nseed ${told.seed}: ${told.message.split('\n')[0]}\n`);
          return;
        }
        sum.withProblems += told.withProblems;
        if (told.slowestMs > sum.slowestMs) [sum.slowestMs, sum.slowest] = [told.slowestMs, told.slowest];
        for (const [format, count] of Object.entries(told.formats))
          sum.formats.set(format, (sum.formats.get(format) ?? 0) + count);
        finish('done');
      });
      // Without an answer, so that nobody waits for one.
      worker.on('exit', () => finish('memory'));
      worker.on('error', (error) => {
        sum.failures.push({ seed: at[0] ?? next, message: String(error) });
        finish('memory');
      });
    });
    const seed = at[0] ?? next;
    if (ended === 'memory') sum.failures.push({ seed, message: `the process took ${sum.mostMb.toFixed(0)} MB` });
    if (ended === 'slow') sum.failures.push({ seed, message: `took longer than ${TIME_LIMIT_MS} ms` });
    if (ended !== 'done') process.stderr.write(`\nseed ${seed}: ${ended}\n`);
    await worker.terminate();
    sum.inputs += (ended === 'done' ? to : seed + 1) - next;
    next = ended === 'done' ? to : seed + 1;
  }
}

async function runAll(inputs: number, from: number, workers: number): Promise<Sum> {
  const sum: Sum = {
    growthLimitMb: process.memoryUsage.rss() / 2 ** 20 + workers * MAX_GROWTH_MB,
    inputs: 0,
    withProblems: 0,
    slowestMs: 0,
    slowest: 0,
    mostMb: 0,
    formats: new Map(),
    failures: [],
  };
  let next = from;
  const end = from + inputs;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (next < end) {
        const begin = next;
        next = Math.min(end, begin + BATCH * 10);
        await runWatched(begin, next, sum);
        process.stderr.write(`\r${sum.inputs} inputs, ${sum.failures.length} failures `);
      }
    }),
  );
  process.stderr.write('\n');
  return sum;
}

/** Failures that differ in numbers alone, as one. */
function alike(failures: Sum['failures']) {
  const groups = new Map<string, { seed: number; message: string; count: number }>();
  for (const { seed, message } of failures) {
    const key = message.replace(/\d+/g, '#');
    const known = groups.get(key);
    if (known) known.count += 1;
    else groups.set(key, { seed, message, count: 1 });
  }
  return [...groups.values()];
}

/** Writes an input into a folder, to look at with `inspect`. */
async function keep(files: Files, folder: string): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '100000' },
      from: { type: 'string', default: '0' },
      workers: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string' },
      keep: { type: 'string' },
    },
  });
  if (values.seed !== undefined) {
    const input = inputOf(Number(values.seed), await corpus());
    console.log(Object.fromEntries([...input].map(([path, bytes]) => [path, bytes.length])));
    if (values.keep !== undefined) await keep(input, values.keep);
    const startedAt = performance.now();
    console.log(await readInput(input), `${(performance.now() - startedAt).toFixed(1)} ms`);
    return;
  }
  const startedAt = performance.now();
  const sum = await runAll(Number(values.inputs), Number(values.from), Number(values.workers));
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${sum.inputs} inputs in ${seconds.toFixed(0)} s, ${sum.withProblems} with problems told`);
  console.log(
    `slowest: seed ${sum.slowest}, ${sum.slowestMs.toFixed(0)} ms; the process took ${sum.mostMb.toFixed(0)} MB at most`,
  );
  console.log(
    [...sum.formats]
      .sort()
      .map(([format, count]) => `${format} ${count}`)
      .join(', '),
  );
  for (const { seed, message, count } of alike(sum.failures)) console.log(`${count} × seed ${seed}: ${message}`);
  if (sum.failures.length > 0) process.exitCode = 1;
}

await (isMainThread ? main() : runRange());
