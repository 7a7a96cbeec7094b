import * as v from 'valibot';
import { messageOf, RegistryError } from '../base/errors.ts';
import { idleThread } from '../base/idle-thread.ts';
import type { MetricValue } from '../base/metric-value.ts';
import type { FindRunsOptions, FoundRuns } from './find-runs.ts';
import type { MeasuredValues } from './intervals.ts';
import type { OnLeftOut } from './values-file.ts';

/** What trackers and training left in files, for those who can't wait on their own thread. */
export interface RunThread {
  /** As `findRuns`; what stops the thread is a problem in the answer. */
  findRuns(root: string, options: FindRunsOptions): Promise<FoundRuns>;
  /** As `readMetricsFile`. */
  metrics(file: string, onLeftOut?: OnLeftOut): Promise<Readonly<Record<string, MetricValue>>>;
  /** As `readParamsFile`. */
  params(file: string, onLeftOut?: OnLeftOut): Promise<Readonly<Record<string, string>>>;
  /** As `readMeasuredFile`. */
  measured(file: string): Promise<MeasuredValues>;
  close(): Promise<void>;
}

/** Buffers and the memory of databases come on top. */
const MEMORY_LIMIT = { maxOldGenerationSizeMb: 512 };

// The thread is built from the same sources, so that its answers need no more than a look at what they are.
const runsSchema = v.custom<FoundRuns>((value) => typeof value === 'object' && value !== null);
const metricsSchema = v.custom<Readonly<Record<string, MetricValue>>>((value) => typeof value === 'object');
const measuredSchema = v.custom<MeasuredValues>((value) => typeof value === 'object' && value !== null);
const paramsSchema = v.record(v.string(), v.string());
const leftOutSchema = v.array(v.string());

/**
 * Reads in a thread of its own: parsing what is there, or a database of hundreds of MiB, takes seconds. It starts with the first call and
 * ends when nothing was asked for a while. `workerFile` is the built `worker.js`.
 */
export function runThread({ workerFile }: { readonly workerFile: string }): RunThread {
  const thread = idleThread({
    workerFile,
    workerData: { role: 'runs' },
    does: 'reads what trackers recorded',
    resourceLimits: MEMORY_LIMIT,
  });
  return {
    async findRuns(root, { near, sinceMs = 0 }) {
      try {
        return v.parse(runsSchema, await thread.call('findRuns', { root, near: [...near], sinceMs }));
      } catch (error) {
        if (!RegistryError.is(error, 'WORKER_STOPPED')) throw error;
        return { runs: [], problems: [messageOf(error)] };
      }
    },
    metrics: async (file, onLeftOut) =>
      told(metricsSchema, await thread.call('metrics', request(file, onLeftOut)), onLeftOut),
    params: async (file, onLeftOut) =>
      told(paramsSchema, await thread.call('params', request(file, onLeftOut)), onLeftOut),
    measured: async (file) => v.parse(measuredSchema, await thread.call('measured', { file })),
    close: () => thread.close(),
  };
}

function request(file: string, onLeftOut: OnLeftOut | undefined) {
  return { file, isTold: onLeftOut !== undefined };
}

function told<T>(schema: v.GenericSchema<T>, answer: unknown, onLeftOut: OnLeftOut | undefined): T {
  const { values, leftOut } = v.parse(v.object({ values: schema, leftOut: leftOutSchema }), answer);
  for (const why of leftOut) onLeftOut?.(why);
  return values;
}
