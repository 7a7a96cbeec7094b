import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { callThrough, type ThreadClient } from '../base/worker-rpc.ts';
import { filesystemStore } from '../storage/filesystem-store.ts';
import { digestArtifact, type IntakeResult, intakeArtifact } from './intake.ts';
import { checkout, type MaterialiseResult, materialise } from './materialise.ts';
import { type ArtifactCheck, verifyArtifacts } from './verify-objects.ts';

/** Everything that reads or writes whole files. All of it can be cancelled and reports its progress in bytes. */
export interface ByteService {
  intake(request: { readonly paths: readonly string[] }, options?: OperationOptions): Promise<IntakeResult>;
  digest(request: { readonly paths: readonly string[] }, options?: OperationOptions): Promise<IntakeResult>;
  materialise(
    request: { readonly digest: string; readonly to: string },
    options?: OperationOptions,
  ): Promise<MaterialiseResult>;
  checkout(
    request: { readonly digest: string; readonly checkoutsDir: string },
    options?: OperationOptions,
  ): Promise<{ readonly path: string }>;
  verify(request: { readonly digests: readonly string[] }, options?: OperationOptions): Promise<ArtifactCheck>;
  close(): Promise<void>;
}

/** Does the work on the calling thread. */
export function inlineByteService(storeDir: string): ByteService {
  const store = filesystemStore(storeDir);
  return {
    intake: (request, options) => intakeArtifact(store, request, options),
    digest: (request, options) => digestArtifact(request, options),
    materialise: (request, options) => materialise(store, request, options),
    checkout: (request, options) => checkout(store, request, options),
    verify: (request, options) => verifyArtifacts(store, request, options),
    close: async () => undefined,
  };
}

const IDLE_MS = 30_000;

const fileSchema = v.object({
  path: v.string(),
  size: v.number(),
  sha256: v.string(),
  exec: v.exactOptional(v.literal(true)),
});
const intakeSchema = v.object({ digest: v.string(), sizeBytes: v.number(), files: v.array(fileSchema) });
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

/** Does the work in a thread that starts with the first call and ends when nothing was asked of it for half a minute. */
export function workerByteService(options: { readonly storeDir: string; readonly workerFile: string }): ByteService {
  let running: { readonly worker: Worker; readonly client: ThreadClient } | undefined;
  let pending = 0;
  let idle: NodeJS.Timeout | undefined;

  const start = () => {
    const worker = new Worker(options.workerFile, { workerData: { role: 'bytes', storeDir: options.storeDir } });
    const client = callThrough(worker);
    const stopped = (cause?: unknown) => {
      if (running?.worker === worker) running = undefined;
      client.fail(
        new RegistryError(
          'WORKER_STOPPED',
          'The thread that reads and writes files stopped unexpectedly. Try again; nothing was recorded.',
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
        // An idle thread keeps no process alive.
        running?.worker.unref();
        idle = setTimeout(() => void close(), IDLE_MS).unref();
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
