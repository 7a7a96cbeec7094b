// `npm run campaign -- --schedules 100000 [--from 1] [--workers 2]`, or `-- --seed N` to replay one schedule with everything it does.
// `--shared`: machines that share a store, in place of programs on one machine.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { runSchedule, type ScheduleReport } from './schedule.ts';
import { runSharedSchedule } from './shared-schedule.ts';

const BATCH = 100;
const batchSchema = v.object({ from: v.number(), to: v.number(), isShared: v.boolean() });
const scheduleOf = (isShared: boolean) => (isShared ? runSharedSchedule : runSchedule);

interface Sum {
  schedules: number;
  steps: number;
  commits: number;
  applied: number;
  refused: number;
  kills: number;
  powerFailures: number;
  faults: number;
}
interface Outcome {
  readonly sum: Sum;
  readonly failed?: { readonly seed: number; readonly message: string };
}

const KEYS = ['steps', 'commits', 'applied', 'refused', 'kills', 'powerFailures', 'faults'] as const;

function emptySum(): Sum {
  return { schedules: 0, steps: 0, commits: 0, applied: 0, refused: 0, kills: 0, powerFailures: 0, faults: 0 };
}

function add(sum: Sum, report: Omit<ScheduleReport, 'seed'>): void {
  for (const key of KEYS) sum[key] += report[key];
}

async function runBatch(from: number, to: number, isShared: boolean): Promise<Outcome> {
  const sum = emptySum();
  for (let seed = from; seed < to; seed += 1) {
    try {
      add(sum, await scheduleOf(isShared)({ seed }));
      sum.schedules += 1;
    } catch (error) {
      return {
        sum,
        failed: { seed, message: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      };
    }
  }
  return { sum };
}

async function replay(seed: number, isShared: boolean): Promise<void> {
  try {
    console.log(await scheduleOf(isShared)({ seed, trace: console.log }));
  } catch (error) {
    console.log(error);
    process.exitCode = 1;
  }
}

async function campaign(first: number, schedules: number, workers: number, isShared: boolean): Promise<void> {
  const started = performance.now();
  const total = emptySum();
  const end = first + schedules;
  let next = first;
  let failed: Outcome['failed'];
  let shown = started;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: 'batches' });
      while (next < end && !failed) {
        const from = next;
        next = Math.min(end, from + BATCH);
        worker.postMessage({ from, to: next, isShared });
        // Rejects on an error of the worker.
        const [outcome]: Outcome[] = await once(worker, 'message');
        if (!outcome) break;
        add(total, outcome.sum);
        total.schedules += outcome.sum.schedules;
        failed ??= outcome.failed;
        if (performance.now() - shown > 5000) {
          shown = performance.now();
          console.log(`${total.schedules} of ${schedules} schedules, ${Math.round((shown - started) / 1000)} s`);
        }
      }
      await worker.terminate();
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${total.schedules} schedules in ${seconds.toFixed(1)} s: ${total.steps} file operations, ${total.commits} commits, ` +
      `${total.applied} intents applied and ${total.refused} refused, ${total.faults} faults, ${total.kills} kills, ${total.powerFailures} power failures`,
  );
  if (!failed) return;
  console.log(`Seed ${failed.seed} breaks an invariant: ${failed.message}`);
  console.log(`Replay it with: npm run campaign -- ${isShared ? '--shared ' : ''}--seed ${failed.seed}`);
  process.exitCode = 1;
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      schedules: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      shared: { type: 'boolean', default: false },
    },
  });
  if (values.seed !== undefined) await replay(Number(values.seed), values.shared);
  else await campaign(Number(values.from), Number(values.schedules), Number(values.workers), values.shared);
} else if (workerData === 'batches') {
  // Programs that meet faults make very many errors, and nobody reads where they come from. Replaying a schedule shows it.
  Error.stackTraceLimit = 0;
  parentPort?.on('message', (message: unknown) => {
    const { from, to, isShared } = v.parse(batchSchema, message);
    void runBatch(from, to, isShared).then((outcome) => parentPort?.postMessage(outcome));
  });
}
