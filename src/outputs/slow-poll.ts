const EVERY_MS = 5000;
const MAX_EVERY_MS = 5 * 60_000;
/** No more than a twentieth of the time is spent looking. */
const SHARE = 20;

/** Looks again and again, the less often the longer a look takes. Nothing happens before `begin`, which may be called twice. */
export function slowPoll(look: () => Promise<unknown>): { begin(): void; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;

  const next = (delayMs: number) => {
    timer = setTimeout(async () => {
      const beganAt = performance.now();
      // What goes wrong in a look is told by whoever looks.
      await look().catch(() => undefined);
      if (!isEnded) next(Math.min(MAX_EVERY_MS, Math.max(EVERY_MS, (performance.now() - beganAt) * SHARE)));
    }, delayMs);
  };

  return {
    begin() {
      if (timer === undefined && !isEnded) next(EVERY_MS);
    },
    end() {
      isEnded = true;
      clearTimeout(timer);
    },
  };
}
