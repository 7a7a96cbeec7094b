import { createBirpc } from 'birpc';
import { messageOf, RegistryError } from './errors.ts';
import type { OperationOptions, Progress } from './progress.ts';

/** One end of a channel between threads: a `Worker`, or a worker's `parentPort`. */
export interface ThreadPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** What answers calls: `args` come from the other thread, so it parses them. */
export type CallTarget = (name: string, args: unknown, options: OperationOptions) => Promise<unknown>;

/** Errors lose their class and fields between threads, so results travel with them spelled out. */
type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | {
      readonly kind: 'error';
      readonly code: string | undefined;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

interface WorkerSide {
  call(id: number, name: string, args: unknown): Promise<Outcome>;
  cancel(id: number): void;
}

interface HostSide {
  progress(id: number, progress: Progress): void;
  event(event: unknown): void;
}

const PROGRESS_INTERVAL_MS = 100;

/**
 * Answers the calls that come through `port` with `target`. Progress is passed on about ten times a second. Returns the way to push an
 * event to the other side.
 */
export function serveCalls(port: ThreadPort, target: CallTarget): (event: unknown) => void {
  const cancels = new Map<number, AbortController>();
  const functions: WorkerSide = {
    async call(id, name, args) {
      const controller = new AbortController();
      cancels.set(id, controller);
      let lastSent = 0;
      const onProgress = (progress: Progress) => {
        const now = performance.now();
        if (now - lastSent < PROGRESS_INTERVAL_MS && progress.doneBytes !== progress.totalBytes) return;
        lastSent = now;
        void host.progress.asEvent(id, progress);
      };
      try {
        return { kind: 'value', value: await target(name, args, { onProgress, signal: controller.signal }) };
      } catch (error) {
        return errorOutcome(error);
      } finally {
        cancels.delete(id);
      }
    },
    cancel(id) {
      cancels.get(id)?.abort();
    },
  };
  const host = createBirpc<HostSide, WorkerSide>(functions, channelOf(port));
  return (event) => void host.event.asEvent(event);
}

export interface ThreadClient {
  /** Arguments and results are plain data. Throws the `RegistryError` that was thrown over there. */
  call(name: string, args: unknown, options?: OperationOptions): Promise<unknown>;
  /** Makes every call under way, and every later one, throw `error`. */
  fail(error: RegistryError): void;
}

/**
 * Calls what `serveCalls` serves at the other end of `port`, with progress, cancelling, and the errors that were thrown there. A call
 * that is cancelled ends when the other side has stopped working on it.
 */
export function callThrough(port: ThreadPort, onEvent: (event: unknown) => void = () => undefined): ThreadClient {
  const listeners = new Map<number, (progress: Progress) => void>();
  const functions: HostSide = {
    progress: (id, progress) => listeners.get(id)?.(progress),
    event: onEvent,
  };
  const remote = createBirpc<WorkerSide, HostSide>(functions, channelOf(port));
  let failure: RegistryError | undefined;
  let lastId = 0;
  return {
    async call(name, args, { onProgress, signal } = {}) {
      if (failure) throw failure;
      lastId += 1;
      const id = lastId;
      if (onProgress) listeners.set(id, onProgress);
      // Where the channel is gone there is nothing left to cancel.
      const cancel = () => void remote.cancel.asEvent(id).catch(() => undefined);
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        const answer = remote.call(id, name, args);
        if (signal?.aborted) cancel();
        return unwrapped(await answer);
      } finally {
        listeners.delete(id);
        signal?.removeEventListener('abort', cancel);
      }
    },
    fail(error) {
      failure ??= error;
      remote.$close(failure);
    },
  };
}

function channelOf(port: ThreadPort) {
  return {
    post: (message: unknown) => port.postMessage(message),
    on: (listener: (message: unknown) => void) => void port.on('message', listener),
    timeout: -1,
  };
}

function errorOutcome(error: unknown): Outcome {
  if (RegistryError.is(error))
    return { kind: 'error', code: error.code, message: error.message, details: error.details };
  return { kind: 'error', code: undefined, message: messageOf(error), details: {} };
}

function unwrapped(outcome: Outcome): unknown {
  if (outcome.kind === 'value') return outcome.value;
  if (outcome.code === undefined) throw new Error(outcome.message);
  throw new RegistryError(outcome.code, outcome.message, { details: outcome.details });
}
