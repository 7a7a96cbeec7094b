import type { OperationOptions, Progress } from '../../base/progress.ts';
import type { SyncReport } from '../api/sharing.ts';

/** A registry that is kept in agreement with its shared storage. */
export interface Syncing {
  /** Something waits to be shared. */
  soon(): void;
  /** Whether a person looks: then others' work shows within seconds. */
  setFocused(isFocused: boolean): void;
  /** Somebody else's attempt reached the storage: there is no reason to wait any longer. */
  reached(): void;
  /** Whether files go up. What is on its way is stopped, and goes on later where it was. */
  setPaused(isPaused: boolean): void;
  /** Ends it, with what is under way. */
  stop(): Promise<void>;
}

export interface KeepInSyncOptions {
  /** `Registry.sync`. */
  readonly sync: (request: { readonly withBytes: boolean }, operation: OperationOptions) => Promise<SyncReport>;
  /** After each attempt, and when one begins. What went wrong is part of the registry's status. */
  readonly onChange: () => void;
  /** Of files on their way; undefined once there are none. */
  readonly onTransfer?: (progress: Progress | undefined) => void;
  readonly random?: () => number;
}

const EVERY_MS = { focused: 3000, background: 60_000 };
/** What is asked for in quick succession goes together. */
const SOON_MS = 150;
/** The pause after a failure; it doubles with each further one. */
const PAUSE_MS = { shortest: 3000, longest: 5 * 60_000 };

/**
 * Syncs after local changes, when a person comes back to the window, and every few seconds or minutes. That the storage can't be reached is
 * a normal state: it is tried again, less and less often. Files go up beside that, so that others' work shows while they do.
 */
export function keepInSync({ sync, onChange, onTransfer, random = Math.random }: KeepInSyncOptions): Syncing {
  const stopped = new AbortController();
  let isFocused = true;
  let isWanted = false;
  let failures = 0;
  let underWay: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const files = filesLane();

  function plan(delayMs: number): void {
    clearTimeout(timer);
    if (!stopped.signal.aborted) timer = setTimeout(start, delayMs);
  }

  function start(): void {
    underWay ??= attempt().finally(() => {
      underWay = undefined;
      plan(isWanted && failures === 0 ? SOON_MS : pause());
    });
  }

  async function attempt(): Promise<void> {
    isWanted = false;
    onChange();
    try {
      const { waiting } = await sync({ withBytes: false }, { signal: stopped.signal });
      failures = 0;
      if (waiting.some(({ why }) => why === 'bytes')) files.start();
    } catch {
      failures += 1;
    }
    onChange();
  }

  /** Brings files there, one call at a time; what fails is tried again less and less often. */
  function filesLane() {
    let lane: Promise<void> | undefined;
    let cancel = new AbortController();
    let isPaused = false;
    let failed = 0;
    let notBefore = 0;

    async function send(signal: AbortSignal): Promise<void> {
      try {
        await sync({ withBytes: true }, { signal, ...(onTransfer ? { onProgress: onTransfer } : {}) });
        failed = 0;
      } catch {
        // Stopped by a person: that is no failure.
        if (!signal.aborted) {
          failed += 1;
          notBefore = Date.now() + Math.min(PAUSE_MS.longest, PAUSE_MS.shortest * 2 ** failed);
        }
      }
      onTransfer?.(undefined);
      onChange();
    }

    return {
      start() {
        if (isPaused || lane || Date.now() < notBefore) return;
        cancel = new AbortController();
        lane = send(AbortSignal.any([stopped.signal, cancel.signal])).finally(() => {
          lane = undefined;
        });
      },
      setPaused(paused: boolean) {
        isPaused = paused;
        if (paused) cancel.abort();
        notBefore = 0;
      },
      ended: () => lane,
    };
  }

  function pause(): number {
    const every = isFocused ? EVERY_MS.focused : EVERY_MS.background;
    const longest = failures === 0 ? every : Math.min(PAUSE_MS.longest, PAUSE_MS.shortest * 2 ** (failures - 1));
    // Many windows that lost the same network don't come back at the same moment.
    return longest * (0.75 + random() / 2);
  }

  plan(0);
  return {
    soon() {
      isWanted = true;
      if (!underWay && failures === 0) plan(SOON_MS);
    },
    setFocused(focused) {
      const comesBack = focused && !isFocused;
      isFocused = focused;
      if (comesBack && !underWay) plan(0);
    },
    reached() {
      if (failures === 0) return;
      failures = 0;
      if (!underWay) plan(SOON_MS);
    },
    setPaused(isPaused) {
      files.setPaused(isPaused);
      if (!isPaused && !underWay) plan(0);
    },
    async stop() {
      stopped.abort();
      clearTimeout(timer);
      await Promise.all([underWay, files.ended()]);
    },
  };
}
