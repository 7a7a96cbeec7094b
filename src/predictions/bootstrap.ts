import type { Weights } from './measures.ts';
import { seededNumbers } from './random.ts';

export interface Resampling {
  readonly resamples: number;
  /** 0.95: so much of the resamples lies between the two ends. */
  readonly confidence: number;
  readonly seed: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** With more resamples in which it isn't defined, nothing is said of a metric. */
const MAX_UNDEFINED = 0.1;

/**
 * The percentile interval of a statistic of `rows` examples (Efron 1979): rows are drawn with replacement, as many as there are, again and
 * again. Undefined where the statistic is in too many of the resamples, as AUC is without an example of both classes. Several statistics
 * are computed of the same resamples.
 */
export function bootstrapIntervals(
  rows: number,
  statistics: readonly ((weights: Weights) => number)[],
  { resamples, confidence, seed }: Resampling,
): readonly (Interval | undefined)[] {
  const next = seededNumbers(seed);
  const weights = new Uint32Array(rows);
  const found = statistics.map((): number[] => []);
  for (let resample = 0; resample < resamples; resample += 1) {
    weights.fill(0);
    for (let drawn = 0; drawn < rows; drawn += 1) {
      const row = next(rows);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    for (const [place, statistic] of statistics.entries()) {
      const value = statistic(weights);
      if (Number.isFinite(value)) found[place]?.push(value);
    }
  }
  return found.map((values) => {
    if (values.length < resamples * (1 - MAX_UNDEFINED)) return undefined;
    const sorted = Float64Array.from(values).sort();
    const tail = (1 - confidence) / 2;
    return { low: percentile(sorted, tail), high: percentile(sorted, 1 - tail) };
  });
}

/** Between the values that lie next to it, as NumPy does it unless told otherwise. `sorted` is not empty. */
export function percentile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const [low = Number.NaN, high = low] = [sorted[below], sorted[below + 1]];
  return low + (high - low) * (place - below);
}
