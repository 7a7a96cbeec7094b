/** Milliseconds since 1970-01-01T00:00:00Z, as a function so that tests and simulations can own time. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** `2026-11-23T09:00:00.000Z` for milliseconds since the epoch. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
