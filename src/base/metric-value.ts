/** Infinite and undefined results are strings, which JSON can carry. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity';

/** A number as a metric; undefined for everything else. */
export function metricValueOf(value: unknown): MetricValue | undefined {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  if (typeof value !== 'number') return undefined;
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  return value === Number.NEGATIVE_INFINITY ? '-Infinity' : value;
}
