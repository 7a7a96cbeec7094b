import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { serialQueue } from '../base/serial.ts';
import { callThrough, type ThreadClient } from '../base/worker-rpc.ts';
import type { FactsSummary } from './facts-summary.ts';
import type { FoundFormat, Inspection } from './inspect.ts';
import { fileSetOf, type LocalFile, localFileSet } from './local-files.ts';
import type { Completeness } from './model-format.ts';
import type { TensorQuery, TensorRows } from './tensor-rows.ts';
import { tensorTables } from './tensor-tables.ts';

/** A file or folder by its absolute path, or files that lie anywhere, under the paths that they have in the model. */
export type InspectRequest = { readonly path: string } | { readonly files: readonly LocalFile[] };

/** Reads model files for those who can't wait on their own thread. */
export interface Inspector {
  /**
   * Throws `PATH_NOT_FOUND`, `PATH_UNREADABLE`, `OPERATION_CANCELLED`. Files that are invalid, or would take more time or memory than
   * they may, are problems in the answer.
   */
  inspect(request: InspectRequest, options?: OperationOptions): Promise<Inspection>;
  /** What takes too much time or memory is incomplete. Throws the same. */
  completeness(request: InspectRequest, options?: OperationOptions): Promise<Completeness>;
  /** Inspects, and answers without the table of tensors, which is kept for `tensorRows`. Throws what `inspect` throws. */
  overview(request: InspectRequest, options?: OperationOptions): Promise<Overview>;
  /** A part of the table of tensors, as it was at the last `overview`. Throws what `inspect` throws. */
  tensorRows(request: InspectRequest, query: TensorQuery, options?: OperationOptions): Promise<TensorRows>;
  close(): Promise<void>;
}

/** What `inspect` answers, short enough for a page. */
export interface Overview {
  readonly facts?: FactsSummary;
  readonly formats: readonly FoundFormat[];
  readonly problems: readonly string[];
}

/** Does the work on the calling thread, without limits. */
export function inlineInspector(): Inspector {
  // Whoever has the work done by a thread loads no format.
  const reading = () => import('./inspect.ts');
  const inspect = async (request: InspectRequest) => (await reading()).inspectModel(await setOf(request));
  return {
    ...tensorTables(inspect),
    inspect,
    completeness: async (request) => (await reading()).completenessOf(await setOf(request)),
    close: async () => undefined,
  };
}

function setOf(request: InspectRequest) {
  return 'path' in request ? localFileSet(request.path) : fileSetOf(request.files);
}

const TIME_LIMIT_MS = 20_000;
const IDLE_MS = 30_000;
/** Buffers come on top: readers have one window of 32 MiB at most. */
const MEMORY_LIMIT = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32 };

const overviewSchema = v.custom<Overview>((value) => typeof value === 'object' && value !== null);
const rowsSchema = v.custom<TensorRows>((value) => typeof value === 'object' && value !== null);
// The thread is built from the same sources, so that its answers need no more than a look at what they are.
const inspectionSchema = v.custom<Inspection>((value) => typeof value === 'object' && value !== null);
const completenessSchema = v.custom<Completeness>((value) => typeof value === 'object' && value !== null);

/**
 * Does the work in a thread with bounded memory that starts with the first call and ends when nothing was asked for half a minute. One
 * call after the other: a thread that takes too long or too much is ended, and takes no other call with it.
 */
export function threadInspector(options: {
  /** The built `worker.js`. */
  readonly workerFile: string;
  readonly timeLimitMs?: number;
  readonly idleMs?: number;
}): Inspector {
  const { workerFile, timeLimitMs = TIME_LIMIT_MS, idleMs = IDLE_MS } = options;
  const serially = serialQueue();
  let running: { readonly worker: Worker; readonly client: ThreadClient } | undefined;
  let idle: NodeJS.Timeout | undefined;
  let waiting = 0;

  const start = () => {
    const worker = new Worker(workerFile, { workerData: { role: 'inspect' }, resourceLimits: MEMORY_LIMIT });
    const client = callThrough(worker);
    const stopped = (error: RegistryError) => {
      if (running?.worker === worker) running = undefined;
      client.fail(error);
    };
    worker.on('error', (error) => stopped(stoppedError(error)));
    worker.on('exit', () => stopped(stoppedError()));
    return { worker, client };
  };

  const end = async (error: RegistryError) => {
    const last = running;
    running = undefined;
    last?.client.fail(error);
    await last?.worker.terminate();
  };

  const call = async (name: string, request: unknown, { signal }: OperationOptions = {}) => {
    clearTimeout(idle);
    waiting += 1;
    try {
      return await serially(async () => {
        if (signal?.aborted) throw cancelled();
        running ??= start();
        const { client, worker } = running;
        worker.ref();
        const onAbort = () => void end(cancelled());
        signal?.addEventListener('abort', onAbort, { once: true });
        const timer = setTimeout(() => void end(tooSlow(timeLimitMs)), timeLimitMs);
        try {
          return await client.call(name, request);
        } finally {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
        }
      });
    } finally {
      waiting -= 1;
      if (waiting === 0) {
        running?.worker.unref();
        idle = setTimeout(() => void end(stoppedError()), idleMs).unref();
      }
    }
  };

  return {
    async inspect(request, operation) {
      try {
        return v.parse(inspectionSchema, await call('inspect', request, operation));
      } catch (error) {
        if (!isOverLimit(error)) throw error;
        return { formats: [], problems: [messageOf(error)] };
      }
    },
    async completeness(request, operation) {
      try {
        return v.parse(completenessSchema, await call('completeness', request, operation));
      } catch (error) {
        if (!isOverLimit(error)) throw error;
        const path = 'path' in request ? request.path : (request.files[0]?.path ?? '');
        return { kind: 'incomplete', path, why: messageOf(error) };
      }
    },
    async overview(request, operation) {
      try {
        return v.parse(overviewSchema, await call('overview', request, operation));
      } catch (error) {
        if (!isOverLimit(error)) throw error;
        return { formats: [], problems: [messageOf(error)] };
      }
    },
    tensorRows: async (request, query, operation) =>
      v.parse(rowsSchema, await call('tensorRows', { request, query }, operation)),
    async close() {
      clearTimeout(idle);
      await end(stoppedError());
    },
  };
}

function isOverLimit(error: unknown): boolean {
  return RegistryError.is(error, 'INSPECTION_LIMIT');
}

function tooSlow(timeLimitMs: number): RegistryError {
  return new RegistryError(
    'INSPECTION_LIMIT',
    `Reading the files took longer than ${timeLimitMs / 1000} seconds and was stopped. Check the disk, or leave out what isn't part of the model.`,
  );
}

function stoppedError(cause?: unknown): RegistryError {
  if (systemErrorCode(cause) === 'ERR_WORKER_OUT_OF_MEMORY')
    return new RegistryError(
      'INSPECTION_LIMIT',
      'Reading the files took more memory than it may and was stopped. The files may be damaged.',
      { cause },
    );
  const reason = cause === undefined ? '' : ` (${messageOf(cause)})`;
  return new RegistryError(
    'WORKER_STOPPED',
    `The thread that reads model files stopped unexpectedly${reason}. Nothing was changed; try again.`,
    { cause },
  );
}

function cancelled(): RegistryError {
  return new RegistryError('OPERATION_CANCELLED', 'The operation was cancelled. Nothing was changed.');
}
