import { type ResourceLimits, Worker } from 'node:worker_threads';
import { messageOf, RegistryError } from './errors.ts';
import type { OperationOptions } from './progress.ts';
import { callThrough, type ThreadClient } from './worker-rpc.ts';

const IDLE_MS = 30_000;

/** A thread that is there while it is needed. */
export interface IdleThread {
  call(name: string, request: unknown, operation?: OperationOptions): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * A thread that starts with the first call, ends when nothing was asked of it for a while (half a minute unless given), and keeps no process
 * alive while it has nothing to do. When it dies, calls under way throw `WORKER_STOPPED`; the next call starts another one.
 */
export function idleThread(options: {
  /** The built `worker.js`. */
  readonly workerFile: string;
  readonly workerData: unknown;
  /** What the thread does, for the message when it dies: `reads and writes files`. */
  readonly does: string;
  readonly idleMs?: number | undefined;
  readonly resourceLimits?: ResourceLimits;
}): IdleThread {
  const { workerFile, workerData, does, idleMs = IDLE_MS, resourceLimits } = options;
  let running: { readonly worker: Worker; readonly client: ThreadClient } | undefined;
  let pending = 0;
  let idle: NodeJS.Timeout | undefined;

  const start = () => {
    const worker = new Worker(workerFile, { workerData, ...(resourceLimits ? { resourceLimits } : {}) });
    const client = callThrough(worker);
    const stopped = (cause?: unknown) => {
      if (running?.worker === worker) running = undefined;
      const reason = cause === undefined ? '' : ` (${messageOf(cause)})`;
      client.fail(
        new RegistryError(
          'WORKER_STOPPED',
          `The thread that ${does} stopped unexpectedly${reason}. Nothing was recorded; try again.`,
          { cause },
        ),
      );
    };
    worker.on('error', stopped);
    worker.on('exit', () => stopped());
    return { worker, client };
  };

  const close = async () => {
    clearTimeout(idle);
    const last = running;
    running = undefined;
    await last?.worker.terminate();
  };

  return {
    async call(name, request, operation = {}) {
      clearTimeout(idle);
      pending += 1;
      try {
        running ??= start();
        running.worker.ref();
        return await running.client.call(name, request, operation);
      } finally {
        pending -= 1;
        if (pending === 0) {
          running?.worker.unref();
          idle = setTimeout(() => void close(), idleMs).unref();
        }
      }
    },
    close,
  };
}
