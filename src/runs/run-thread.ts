import * as v from 'valibot';
import { messageOf, RegistryError } from '../base/errors.ts';
import { idleThread } from '../base/idle-thread.ts';
import type { MetricValue } from '../base/metric-value.ts';
import type { FindRunsOptions, FoundRuns } from './find-runs.ts';

/** What trackers and training left in files, for those who can't wait on their own thread. */
export interface RunThread {
  /** As `findRuns`; what stops the thread is a problem in the answer. */
  findRuns(root: string, options: FindRunsOptions): Promise<FoundRuns>;
  /** As `readMetricsFile`. */
  metrics(file: string): Promise<Readonly<Record<string, MetricValue>>>;
  /** As `readParamsFile`. */
  params(file: string): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** Buffers and the memory of databases come on top. */
const MEMORY_LIMIT = { maxOldGenerationSizeMb: 512 };

// The thread is built from the same sources, so that its answers need no more than a look at what they are.
const runsSchema = v.custom<FoundRuns>((value) => typeof value === 'object' && value !== null);
const metricsSchema = v.custom<Readonly<Record<string, MetricValue>>>((value) => typeof value === 'object');
const paramsSchema = v.record(v.string(), v.string());

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
    metrics: async (file) => v.parse(metricsSchema, await thread.call('metrics', { file })),
    params: async (file) => v.parse(paramsSchema, await thread.call('params', { file })),
    close: () => thread.close(),
  };
}
