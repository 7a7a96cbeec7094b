import type { OperationOptions } from '../../base/progress.ts';
import type { SyncReport } from '../api.ts';

/** A registry that is kept in agreement with its shared storage. */
export interface Syncing {
  /** Something waits to be shared. */
  soon(): void;
  /** Whether a person looks: then others' work shows within seconds. */
  setFocused(isFocused: boolean): void;
  /** Somebody else's attempt reached the storage: there is no reason to wait any longer. */
  reached(): void;
  /** Ends it, with what is under way. */
  stop(): Promise<void>;
}

export interface KeepInSyncOptions {
  /** `Registry.sync`. */
  readonly sync: (operation: OperationOptions) => Promise<SyncReport>;
  /** After each attempt, and when one begins. What went wrong is part of the registry's status. */
  readonly onChange: () => void;
  readonly onProgress?: OperationOptions['onProgress'];
  readonly random?: () => number;
}

const EVERY_MS = { focused: 3000, background: 60_000 };
/** What is asked for in quick succession goes together. */
const SOON_MS = 150;
/** The pause after a failure; it doubles with each further one. */
const PAUSE_MS = { shortest: 3000, longest: 5 * 60_000 };

/**
 * Syncs after local changes, when a person comes back to the window, and every few seconds or minutes. That the storage can't be reached is
 * a normal state: it is tried again, less and less often.
 */
export function keepInSync({ sync, onChange, onProgress, random = Math.random }: KeepInSyncOptions): Syncing {
  const stopped = new AbortController();
  let isFocused = true;
  let isWanted = false;
  let failures = 0;
  let underWay: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

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
      await sync({ signal: stopped.signal, ...(onProgress ? { onProgress } : {}) });
      failures = 0;
    } catch {
      failures += 1;
    }
    onChange();
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
    async stop() {
      stopped.abort();
      clearTimeout(timer);
      await underWay;
    },
  };
}
