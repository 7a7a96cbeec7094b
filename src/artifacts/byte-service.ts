import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { messageOf, RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { callThrough, type ThreadClient } from '../base/worker-rpc.ts';
import { filesystemStore } from '../storage/filesystem-store.ts';
import { STAGING_FOLDER, sweepTemporaryFiles } from '../storage/temporary.ts';
import { type CheckoutRequest, checkout } from './checkout.ts';
import { digestArtifact, type IntakeResult, intakeArtifact } from './intake.ts';
import { manifestFileSchema } from './manifest.ts';
import { type MaterialiseRequest, type MaterialiseResult, materialise } from './materialise.ts';
import { statCacheOf } from './stat-cache.ts';
import { type ArtifactCheck, verifyArtifacts } from './verify-objects.ts';

/** Everything that reads or writes whole files. All of it can be cancelled and reports its progress in bytes. */
export interface ByteService {
  /** Stores files and folders as an artifact. */
  intake(request: PathsRequest, options?: OperationOptions): Promise<IntakeResult>;
  /** What `intake` would return, without storing anything. */
  digest(request: PathsRequest, options?: OperationOptions): Promise<IntakeResult>;
  /** Writes an artifact's files into a folder of the user's. */
  materialise(request: MaterialiseRequest, options?: OperationOptions): Promise<MaterialiseResult>;
  /** Gives a read-only copy of an artifact's files. */
  checkout(request: CheckoutRequest, options?: OperationOptions): Promise<{ readonly path: string }>;
  /** Looks for damage. */
  verify(request: { readonly digests: readonly string[] }, options?: OperationOptions): Promise<ArtifactCheck>;
  close(): Promise<void>;
}

export interface PathsRequest {
  /** Files and folders, absolute. */
  readonly paths: readonly string[];
}

/** Does the work on the calling thread. */
export function inlineByteService(storeDir: string): ByteService {
  const store = filesystemStore(storeDir);
  let swept: Promise<unknown> | undefined;
  return {
    async intake({ paths }, options) {
      // What killed processes left takes space only; failing to remove it stops nobody.
      swept ??= sweepTemporaryFiles(join(storeDir, STAGING_FOLDER)).catch(() => undefined);
      await swept;
      return intakeArtifact(store, { paths, except: storeDir, cache: await statCacheOf(storeDir) }, options);
    },
    digest: async ({ paths }, options) =>
      digestArtifact({ paths, except: storeDir, cache: await statCacheOf(storeDir) }, options),
    materialise: (request, options) => materialise(store, request, options),
    checkout: (request, options) => checkout(store, request, options),
    verify: (request, options) => verifyArtifacts(store, request, options),
    close: async () => undefined,
  };
}

const IDLE_MS = 30_000;

const intakeSchema = v.object({ digest: v.string(), sizeBytes: v.number(), files: v.array(manifestFileSchema) });
const writtenSchema = v.object({ fileCount: v.number(), sizeBytes: v.number() });
const pathSchema = v.object({ path: v.string() });
const problemSchema = v.object({
  kind: v.picklist(['MANIFEST_MISSING', 'MANIFEST_DAMAGED', 'OBJECT_MISSING', 'OBJECT_DAMAGED']),
  key: v.string(),
  digest: v.string(),
  message: v.string(),
});
const checkSchema = v.object({
  manifests: v.number(),
  objects: v.number(),
  bytes: v.number(),
  problems: v.array(problemSchema),
});

/**
 * Does the work in a thread that starts with the first call, ends when nothing was asked of it for a while (half a minute unless given),
 * and keeps no process alive while it has nothing to do. When the thread dies, calls under way throw `WORKER_STOPPED`; the next call
 * starts another one.
 */
export function workerByteService(options: {
  readonly storeDir: string;
  /** The built `worker.js`. */
  readonly workerFile: string;
  readonly idleMs?: number;
}): ByteService {
  const { storeDir, workerFile, idleMs = IDLE_MS } = options;
  let running: { readonly worker: Worker; readonly client: ThreadClient } | undefined;
  let pending = 0;
  let idle: NodeJS.Timeout | undefined;

  const start = () => {
    const worker = new Worker(workerFile, { workerData: { role: 'bytes', storeDir } });
    const client = callThrough(worker);
    const stopped = (cause?: unknown) => {
      if (running?.worker === worker) running = undefined;
      const reason = cause === undefined ? '' : ` (${messageOf(cause)})`;
      client.fail(
        new RegistryError(
          'WORKER_STOPPED',
          `The thread that reads and writes files stopped unexpectedly${reason}. Nothing was recorded; try again.`,
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

  const call = async (name: string, request: unknown, operation: OperationOptions = {}) => {
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
  };

  return {
    intake: async (request, operation) => v.parse(intakeSchema, await call('intake', request, operation)),
    digest: async (request, operation) => v.parse(intakeSchema, await call('digest', request, operation)),
    materialise: async (request, operation) => v.parse(writtenSchema, await call('materialise', request, operation)),
    checkout: async (request, operation) => v.parse(pathSchema, await call('checkout', request, operation)),
    verify: async (request, operation) => v.parse(checkSchema, await call('verify', request, operation)),
    close,
  };
}
