import type { RunState } from './running.ts';

/** Factors of the time that files of self-describing formats must rest; 400 ms unless another one is given. */
const FACTORS = {
  /** Where formats don't say whether they are complete. */
  plausible: 4,
  /** Where the run that writes a series of checkpoints can't be seen, and may write the next one. */
  series: 75,
  /** Where the run goes on by all that is known: it may be wrong, or the run never end. */
  running: 1500,
  /** Where metrics are declared that the run may still write. */
  metrics: 5,
  /** After that, what isn't complete is taken for abandoned. */
  abandoned: 75,
  /** What somebody who can't be seen writes anew within this time was written in one go, with a pause. */
  pause: 25,
  /** For this long a series can be continued by the same run: an epoch may take its time. */
  continued: 9000,
} as const;

/** Storing so much takes longer than the files would have to rest, and notices when one of them changes. */
const LARGE_BYTES = 512 * 1024 * 1024;
const LARGE_SHARE = 0.2;

const MIN_RECHECK_MS = 1000;
const MAX_RECHECK_MS = 5000;

export interface RestNeeded {
  readonly settleMs: number;
  readonly sizeBytes: number;
  readonly isComplete: boolean;
  readonly isSeries: boolean;
  readonly state: Pick<RunState, 'kind' | 'open'>;
  /** What a tracker says. */
  readonly status: 'running' | 'finished' | 'failed' | 'unknown';
}

/** `settleMs` for files of so many bytes in all that are complete by their own account. */
export function completeRestMs(settleMs: number, sizeBytes: number): number {
  return sizeBytes < LARGE_BYTES ? settleMs : settleMs * LARGE_SHARE;
}

/** For how long outputs that are whole must have been as they are to be registered, in milliseconds. */
export function neededRestMs({ settleMs, sizeBytes, isComplete, isSeries, state, status }: RestNeeded): number {
  if (state.open.length > 0 || state.kind === 'running') return settleMs * FACTORS.running;
  if (state.kind === 'ended') return isComplete && !isSeries ? completeRestMs(settleMs, sizeBytes) : settleMs;
  if (status === 'running') return settleMs * FACTORS.running;
  if (isSeries) return status === 'unknown' ? settleMs * FACTORS.series : settleMs * FACTORS.plausible;
  return isComplete ? completeRestMs(settleMs, sizeBytes) : settleMs * FACTORS.plausible;
}

/** How much longer than files alone those must rest whose declared metrics aren't there yet. */
export function metricsRestMs(settleMs: number): number {
  return settleMs * FACTORS.metrics;
}

export function abandonedRestMs(settleMs: number): number {
  return settleMs * FACTORS.abandoned;
}

/** When to look again at what can't be registered yet: the longer it has been so, the later. */
export function recheckMs(restedMs: number, settleMs: number): number {
  return Math.min(MAX_RECHECK_MS, Math.max(Math.min(MIN_RECHECK_MS, settleMs * 2), restedMs / 4));
}

/** Within what time outputs that change again were registered too early, where the run that writes them can't be seen. */
export function earlyMs(settleMs: number, isSeries: boolean): number {
  return settleMs * (isSeries ? FACTORS.continued : FACTORS.pause);
}

/** How long after a registration trackers are asked for the last metrics. */
export function lateLooksMs(settleMs: number): readonly number[] {
  return [settleMs * 10, settleMs * 50, settleMs * 250];
}
