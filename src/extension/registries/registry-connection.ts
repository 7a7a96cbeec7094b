import { Worker } from 'node:worker_threads';
import { RegistryError } from '../../base/errors.ts';
import { callThrough, type ThreadClient } from '../../base/worker-rpc.ts';
import type { CodeLineage, PythonEnvironment, Registry, RegisterResult } from '../../registry/api.ts';
import { REGISTRY_METHODS, type RegistryCalls } from '../../registry/methods.ts';
import type { RegistryThreadEvent } from '../../workers/registry-messages.ts';

/** A registry that lives in a thread of its own: the extension host hashes, parses and queries nothing. */
export interface RegistryConnection {
  readonly dir: string;
  readonly registry: RegistryCalls;
  /** Makes the registry where there is none yet. */
  make(): Promise<void>;
  /** Watches the outputs that the project file of `root` declares. False where there is no project file. Throws `PROJECT_FILE_INVALID`. */
  watch(root: string): Promise<boolean>;
  unwatch(root: string): Promise<void>;
  rescan(root: string): Promise<void>;
  registerDeclared(root: string, model: string, operation: Parameters<Registry['register']>[1]): Promise<RegisterResult>;
  lineage(root: string): Promise<{ readonly code?: CodeLineage; readonly environment?: PythonEnvironment }>;
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly client: ThreadClient;
}

/** Starts the thread at the first call, and again after it died. */
export function connectRegistry(options: {
  readonly dir: string;
  /** The workspace folder whose git identity writes. */
  readonly root: string;
  readonly workerFile: string;
  readonly onEvent: (event: RegistryThreadEvent) => void;
  readonly onStopped: (cause: unknown) => void;
}): RegistryConnection {
  const { dir, root, workerFile, onEvent, onStopped } = options;
  let thread: Thread | undefined;

  const start = (): Thread => {
    const worker = new Worker(workerFile, { workerData: { role: 'registry', dir, root } });
    // The worker is built from the same sources, so what it sends is of the types that it sends.
    const client = callThrough(worker, (event) => onEvent(event as RegistryThreadEvent));
    const stopped = (cause: unknown) => {
      if (thread?.worker !== worker) return;
      thread = undefined;
      client.fail(new RegistryError('WORKER_STOPPED', 'The thread that has the registry open stopped unexpectedly. Try again.', { cause }));
      onStopped(cause);
    };
    worker.on('error', stopped);
    worker.on('exit', (code) => stopped(new Error(`exit code ${code}`)));
    return { worker, client };
  };

  const call: ThreadClient['call'] = (name, args, operation) => {
    thread ??= start();
    return thread.client.call(name, args, operation);
  };

  const registry = Object.fromEntries(
    REGISTRY_METHODS.map((name) => [name, (request?: unknown, operation?: Parameters<ThreadClient['call']>[2]) => call(name, request, operation)]),
  ) as unknown as RegistryCalls;

  return {
    dir,
    registry,
    make: async () => void (await call('make', undefined)),
    watch: async (folder) => (await call('watch', { root: folder })) === true,
    unwatch: async (folder) => void (thread && (await call('unwatch', { root: folder }))),
    rescan: async (folder) => void (thread && (await call('rescan', { root: folder }))),
    registerDeclared: async (folder, model, operation) =>
      (await call('registerDeclared', { root: folder, model }, operation)) as RegisterResult,
    lineage: async (folder) =>
      (await call('lineage', { root: folder })) as { readonly code?: CodeLineage; readonly environment?: PythonEnvironment },
    async close() {
      const last = thread;
      thread = undefined;
      if (!last) return;
      await last.client.call('close', undefined).catch(() => undefined);
      await last.worker.terminate();
    },
  };
}
