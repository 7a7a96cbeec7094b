/** Infinite and undefined results are strings, which JSON can carry. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity';

/**
 * A number that was read from a text, in which infinite results are words: one that is too large for a double is no result. It stays an endless
 * number, so that whoever collects metrics can say it; undefined for what is no metric.
 */
export function writtenMetric(value: unknown): MetricValue | undefined {
  return isTooLarge(value) ? value : metricValueOf(value);
}

export function isTooLarge(value: unknown): value is number {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

/** A number as a metric; undefined for everything else. */
export function metricValueOf(value: unknown): MetricValue | undefined {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  if (typeof value !== 'number') return undefined;
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  return value === Number.NEGATIVE_INFINITY ? '-Infinity' : value;
}
