import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { callThrough, type ThreadClient } from '../../base/worker-rpc.ts';
import type { RegistryThreadEvent } from '../../workers/registry-messages.ts';

const IDLE_MS = 15 * 60_000;
const CLOSE_TIMEOUT_MS = 3000;
const RESTART_MS = 5000;
/** A thread that stops again and again isn't started all the time. */
const LONGEST_RESTART_MS = 5 * 60_000;

export interface ThreadOptions {
  /** The folder that holds `format.json`, or will. */
  readonly dir: string;
  /** The workspace folder whose git identity is the author. */
  readonly root: string;
  /** There is a registry: should it go, nothing makes a new one in its place but `make`. */
  readonly exists?: boolean;
  /** The built `worker.js`. */
  readonly workerFile: string;
  /** What the thread's environment is; this process's unless given. */
  readonly environment?: () => NodeJS.ProcessEnv;
  readonly onEvent: (event: RegistryThreadEvent) => void;
  /** Given what stopped the thread when nobody asked it to. */
  readonly onStopped: (error: RegistryError) => void;
  /** Called where an answer is that the registry is gone: whoever was told so asks again once it is there. */
  readonly onGone?: () => void;
  /** After how long another thread takes over what the one that stopped watched: 5 s unless given, and twice as long each time that one is short-lived. */
  readonly restartMs?: number;
}

/** What the thread is there for. */
export interface ThreadPurpose {
  /** It has something to do also while nothing is asked. */
  isKept(): boolean;
  /** Should it stop, another one takes over. */
  isReplaced(): boolean;
  /** Tells a new thread what it has to do: it doesn't know what the one before it watched. */
  begin(client: ThreadClient): void;
}

interface Thread {
  readonly worker: Worker;
  readonly client: ThreadClient;
}

// Both ends are built from the same sources, so what the thread sends is of the type that its side has.
const eventSchema = v.custom<RegistryThreadEvent>((value) => typeof value === 'object');

/**
 * The thread that has a registry open. It starts with the first question, ends when nothing was asked for long and it has nothing to watch, and starts
 * again when needed.
 */
export class RegistryThread {
  readonly #options: ThreadOptions;
  readonly #purpose: ThreadPurpose;
  #thread: Thread | undefined;
  #pending = 0;
  /** The thread keeps the registry in sync with its shared storage. */
  #isShared = false;
  /** Threads that stopped, one soon after the other. */
  #stops = 0;
  /** There was a registry at some time. */
  #wasThere: boolean;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ThreadOptions, purpose: ThreadPurpose) {
    this.#options = options;
    this.#purpose = purpose;
    this.#wasThere = options.exists ?? false;
  }

  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  /** Throws what the thread throws, `WORKER_STOPPED` where it ends meanwhile, and `REGISTRY_CLOSED` after `close`. */
  async ask(name: string, request: unknown, operation?: OperationOptions): Promise<unknown> {
    if (this.#isClosed) {
      throw new RegistryError(
        'REGISTRY_CLOSED',
        t('The registry was closed, because its folder left the window. Open the folder again.'),
      );
    }
    clearTimeout(this.#idle);
    this.#pending += 1;
    try {
      this.#thread ??= this.#start();
      return await this.#thread.client.call(name, request, operation);
    } catch (error) {
      if (RegistryError.is(error, 'REGISTRY_GONE')) this.#options.onGone?.();
      throw error;
    } finally {
      this.#pending -= 1;
      if (this.#pending === 0 && !this.#purpose.isKept() && !this.#isShared && !this.#isClosed) {
        this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
      }
    }
  }

  /** Ends the thread after it has finished what it does. Nothing can be asked afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  #start(): Thread {
    const { dir, root, workerFile, environment, onEvent, onStopped } = this.#options;
    const env = environment?.() ?? process.env;
    const startedAt = performance.now();
    const worker = new Worker(workerFile, {
      workerData: { role: 'registry', dir, root, wasThere: this.#wasThere },
      env,
    });
    const client = callThrough(worker, (message) => {
      const event = v.parse(eventSchema, message);
      if (event.kind === 'sharing') this.#isShared = event.status !== undefined;
      if (event.kind === 'opened') this.#wasThere = true;
      else onEvent(event);
    });
    const stopped = (cause?: unknown) => {
      if (this.#thread?.worker !== worker) return;
      this.#thread = undefined;
      const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
      const message = t(
        'The thread that has the registry open stopped unexpectedly{why}. Try again; what was acknowledged is safe.',
        { why },
      );
      const error = new RegistryError('WORKER_STOPPED', message, { cause });
      client.fail(error);
      onStopped(error);
      onEvent({ kind: 'stopped' });
      this.#stops = performance.now() - startedAt > LONGEST_RESTART_MS ? 0 : this.#stops + 1;
      const isWanted = this.#isShared || this.#purpose.isReplaced();
      if (this.#isShared) onEvent({ kind: 'sharing', isPaused: false });
      this.#isShared = false;
      if (isWanted) this.#startAgain();
    };
    worker.on('error', stopped);
    worker.on('exit', () => stopped());
    this.#purpose.begin(client);
    return { worker, client };
  }

  /** A registry that is shared stays in sync, outputs are registered, and deployed folders follow production. */
  #startAgain(): void {
    const pauseMs = (this.#options.restartMs ?? RESTART_MS) * 2 ** Math.max(0, this.#stops - 1);
    const start = () => void this.ask('remote', undefined).catch(() => undefined);
    setTimeout(start, Math.min(pauseMs, LONGEST_RESTART_MS)).unref();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const last = this.#thread;
    this.#thread = undefined;
    if (!last) return;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((done) => {
      timer = setTimeout(done, CLOSE_TIMEOUT_MS);
    });
    // A thread that can't close is ended all the same: what it acknowledged is durable.
    await Promise.race([last.client.call('close', undefined).catch(() => undefined), tooLong]);
    clearTimeout(timer);
    await last.worker.terminate();
    last.client.fail(new RegistryError('REGISTRY_CLOSED', t('The registry was closed meanwhile. Try again.')));
  }
}
