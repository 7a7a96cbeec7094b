import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { initRegistry } from '../../src/registry/open.ts';
import { checkCatalog, checkOpening, openIn, placesIn } from './check.ts';
import { answersSchema, type HammerAnswer, type HammerOptions } from './hammer-lines.ts';
import { readLogOnDisk } from './log-on-disk.ts';
import { writeWeights } from './weights.ts';

export interface HammerReport {
  readonly seconds: number;
  readonly asked: number;
  readonly applied: number;
  /** How many, by the code of the refusal. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of each process, how many were applied: equal shares are fair. */
  readonly appliedByProcess: readonly number[];
  /** Milliseconds until an answer. */
  readonly answer: { readonly median: number; readonly p95: number; readonly longest: number };
}

export interface HammerRun {
  /** An empty folder. */
  readonly root: string;
  /** The bundled worker. */
  readonly workerFile: string;
  readonly processes: number;
  /** Asked of each. */
  readonly count: number;
  readonly kind: HammerOptions['kind'];
}

/**
 * Lets several processes ask for changes of one model with two versions, all at once. Throws unless every question was answered and the
 * log has exactly what was applied, is contiguous and chained, and has no two versions in production after any commit.
 */
export async function hammer({ root, workerFile, processes, count, kind }: HammerRun): Promise<HammerReport> {
  const places = placesIn(root);
  await initRegistry({ dir: places.registryDir });
  const registry = await openIn(places);
  for (const name of ['first', 'second']) {
    await writeWeights(join(root, name), name);
    await registry.register({ model: 'fraud', paths: [join(root, name)] });
  }
  await registry.close();
  const workers = Array.from({ length: processes }, (_, index) =>
    start(workerFile, { ...places, name: `w${index + 1}`, seed: index, count, kind }),
  );
  for (const worker of workers) await worker.next();
  const begin = performance.now();
  for (const worker of workers) worker.child.stdin.write('go\n');
  const answers = await Promise.all(workers.map(async (worker) => v.parse(answersSchema, await worker.next())));
  const seconds = (performance.now() - begin) / 1000;

  const { head, tokens } = await readLogOnDisk(places.registryDir);
  const all = answers.flat();
  if (all.length !== processes * count) throw new Error(`${all.length} of ${processes * count} were answered`);
  const applied = all.filter(({ refused }) => refused === undefined);
  for (const { token, seq, refused } of all) checkAnswer(token, seq, refused, tokens.get(token) ?? []);
  if (head !== 2 + applied.length) throw new Error(`${head} commits for 2 versions and ${applied.length} changes`);
  await checkOpening(places);
  await checkCatalog(places);
  const times = all.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(part * (times.length - 1))] ?? 0;
  return {
    seconds,
    asked: all.length,
    applied: applied.length,
    refused: countBy(all),
    appliedByProcess: answers.map((own) => own.filter(({ refused }) => refused === undefined).length),
    answer: { median: at(0.5), p95: at(0.95), longest: at(1) },
  };
}

function checkAnswer(token: string, seq: number | undefined, refused: string | undefined, found: readonly number[]) {
  if (found.length !== (refused === undefined ? 1 : 0) || (seq !== undefined && found[0] !== seq))
    throw new Error(`${token} was ${refused ?? `applied (${seq ?? 'any'})`} and stands in commits [${found}]`);
}

function countBy(answers: readonly HammerAnswer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { refused } of answers) if (refused !== undefined) counts[refused] = (counts[refused] ?? 0) + 1;
  return counts;
}

interface Worker {
  readonly child: ChildProcessWithoutNullStreams;
  /** The next value that it prints. */
  next(): Promise<unknown>;
}

function start(workerFile: string, options: HammerOptions): Worker {
  const child = spawn(process.execPath, [workerFile, JSON.stringify(options)]);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${options.name} ended: ${errors}`);
      return JSON.parse(value);
    },
  };
}
