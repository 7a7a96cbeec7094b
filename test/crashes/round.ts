import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { serialQueue } from '../../src/base/serial.ts';
import { initRegistry } from '../../src/registry/open.ts';
import { checkCatalog, checkPulled, checkRegistry, checkSweeping, Ledger, type Places, placesIn } from './check.ts';
import { type KillPoint, type Line, parseLine, type WorkerOptions } from './lines.ts';
import { pick, seededRandom } from './random.ts';

export interface RoundOptions {
  /** An empty folder. */
  readonly root: string;
  /** The bundled worker. */
  readonly workerFile: string;
  readonly seed: number;
  readonly kills: number;
  /** Workers alive at once. */
  readonly lines: number;
}

export interface RoundReport {
  readonly kills: number;
  /** Of them, kills that hit an operation that was neither acknowledged nor refused. */
  readonly interrupted: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly leftovers: number;
}

/** When a worker dies. */
type Plan =
  /** While it starts and opens the registry. */
  | { readonly at: 'start'; readonly afterMs: number }
  /** From outside, a while after it began an operation. */
  | { readonly at: 'operation'; readonly operation: number; readonly afterMs: number }
  /** By itself, in the middle of a call to the file system. */
  | { readonly at: 'call'; readonly point: KillPoint };

function planOf(random: () => number): Plan {
  const kind = random();
  const operation = Math.floor(random() * 6);
  if (kind < 0.05) return { at: 'start', afterMs: random() * 400 };
  // Most operations take a few milliseconds, so most kills should come within them.
  if (kind < 0.5) return { at: 'operation', operation, afterMs: random() ** 3 * 50 };
  const moment = pick(random, ['before', 'during', 'after']);
  return { at: 'call', point: { operation, call: 1 + Math.floor(random() * 30), moment } };
}

/** A worker that never comes to its end has hung, which is a fault. */
const PATIENCE_MS = 60_000;

/**
 * Lets several workers at once work in one new registry and kills one after the other, each replaced by the next. After every kill the
 * registry is opened and checked, with the others at work; at the end everything is. Throws at the first thing that is wrong.
 */
export async function runRound({ root, workerFile, seed, kills, lines }: RoundOptions): Promise<RoundReport> {
  const places = placesIn(root);
  for (const folder of [places.pullsDir, join(root, 'work')]) await mkdir(folder, { recursive: true });
  await initRegistry({ dir: places.registryDir });
  const random = seededRandom(seed);
  const ledger = new Ledger();
  const inTurn = serialQueue();
  let started = 0;
  let interrupted = 0;
  const folders = Array.from({ length: lines }, (_, line) => `line-${line}`);

  const runLine = async (folder: string) => {
    let pulled: string | undefined;
    while (started < kills) {
      started += 1;
      const options = { ...places, workDir: join(root, 'work'), folder, name: `w${started}`, seed: random() * 2 ** 32 };
      const last = await runWorker(workerFile, options, planOf(random), (line) => {
        ledger.hear(line);
        if (line.type === 'done' && line.pulled?.folder === folder) pulled = line.pulled.token;
      });
      const isInterrupted = last?.type === 'began';
      if (isInterrupted) interrupted += 1;
      await inTurn(async () => {
        await checkRegistry(places, ledger, false);
        const found = await checkPulled(places.pullsDir, folder, pulled);
        const wasPulling = isInterrupted && last.kind === 'pull';
        if (!wasPulling && found !== pulled) throw new Error(`${folder} holds ${found} instead of ${pulled}`);
        pulled = found;
      });
    }
  };
  const ended = await Promise.allSettled(folders.map(runLine));
  for (const line of ended) if (line.status === 'rejected') throw line.reason;

  return { kills, interrupted, ...(await checkEverything(places, ledger, [...folders, 'shared'])) };
}

async function checkEverything(places: Places, ledger: Ledger, folders: readonly string[]) {
  await checkRegistry(places, ledger, true);
  await checkCatalog(places);
  for (const folder of folders) await checkPulled(places.pullsDir, folder);
  const [acknowledged, refused] = [ledger.done.size, ledger.refused.size];
  const leftovers = await checkSweeping(places, ledger, folders);
  await checkRegistry(places, ledger, true);
  return { acknowledged, refused, leftovers };
}

/** Runs a worker until it was killed. Returns the last line that it printed. */
async function runWorker(
  workerFile: string,
  options: Omit<WorkerOptions, 'killPoint'>,
  plan: Plan,
  hear: (line: Line) => void,
): Promise<Line | undefined> {
  const full: WorkerOptions = plan.at === 'call' ? { ...options, killPoint: plan.point } : options;
  const child = spawn(process.execPath, [workerFile, JSON.stringify(full)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  let last: Line | undefined;
  let count = 0;
  let kill = plan.at === 'start' ? killAfter(child, plan.afterMs) : undefined;
  createInterface(child.stdout).on('line', (text) => {
    last = parseLine(text);
    hear(last);
    if (last.type !== 'began') return;
    if (plan.at === 'operation' && count === plan.operation) kill = killAfter(child, plan.afterMs);
    count += 1;
  });
  const startedAt = performance.now();
  const [code, signal] = await closed;
  clearTimeout(patience);
  await kill;
  const how = `${options.name} (${JSON.stringify(plan)})`;
  if (signal !== 'SIGKILL') {
    const reason = last?.type === 'failed' ? last.message : `it ended with ${code ?? signal}: ${errors}`;
    throw new Error(`${how} failed: ${reason}`);
  }
  if (performance.now() - startedAt >= PATIENCE_MS) throw new Error(`${how} hung after ${JSON.stringify(last)}`);
  return last;
}

/** Timers keep whole milliseconds only, and much happens within one. */
async function killAfter(child: ChildProcess, afterMs: number): Promise<void> {
  const end = performance.now() + afterMs;
  if (afterMs > 2) await delay(afterMs - 2);
  while (performance.now() < end);
  child.kill('SIGKILL');
}
