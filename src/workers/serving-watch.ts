import type { Registry } from '../registry/api/registry.ts';
import type { ServingMachine } from '../registry/api/serving.ts';

/** Keeps an eye on what machines report that they serve. */
export interface ServingWatch {
  /** Something changed that machines are to follow. */
  soon(): void;
  setFocused(isFocused: boolean): void;
  stop(): Promise<void>;
}

const EVERY_MS = { focused: 30_000, background: 10 * 60_000 };
/** While machines are on their way to another version, a person waits for them. */
const SWITCHING_MS = 3000;
/** What takes longer isn't on its way. */
const SWITCHING_LIMIT_MS = 5 * 60_000;

/**
 * Asks for reports twice a minute while a person looks, and every few seconds while a machine doesn't serve yet what it should. `onChange`
 * is called where they say something new, other than that a machine is still there.
 */
export function watchServing(options: {
  readonly registry: Pick<Registry, 'serving'>;
  readonly onChange: () => void;
  readonly clock?: () => number;
}): ServingWatch {
  const { registry, onChange, clock = Date.now } = options;
  let told = '';
  let isFocused = true;
  let isStopped = false;
  let switchingSince: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> | undefined;

  function plan(delayMs: number): void {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(start, delayMs);
  }

  function start(): void {
    underWay ??= look().finally(() => {
      underWay = undefined;
      plan(pause());
    });
  }

  async function look(): Promise<void> {
    try {
      take(await registry.serving());
    } catch {
      // Offline, or not permitted: syncing says so, and what is known goes on being shown.
    }
  }

  function take(machines: readonly ServingMachine[]): void {
    const isSwitching = machines.some(({ state, isDrift, refused }) => state === 'serving' && isDrift && !refused);
    switchingSince = isSwitching ? (switchingSince ?? clock()) : undefined;
    const text = JSON.stringify(machines.map(({ heardAt: _heardAt, ...rest }) => rest));
    if (text === told) return;
    told = text;
    onChange();
  }

  function pause(): number {
    const isSwitching = switchingSince !== undefined && clock() - switchingSince < SWITCHING_LIMIT_MS;
    if (isFocused && isSwitching) return SWITCHING_MS;
    return isFocused ? EVERY_MS.focused : EVERY_MS.background;
  }

  plan(0);
  return {
    soon() {
      void registry.serving({ isFresh: false }).then(
        (machines) => {
          take(machines);
          if (!underWay && switchingSince !== undefined) plan(pause());
        },
        () => undefined,
      );
    },
    setFocused(focused) {
      const comesBack = focused && !isFocused;
      isFocused = focused;
      if (comesBack && !underWay) plan(0);
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
