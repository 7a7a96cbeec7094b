import type { MetricValue } from '../base/metric-value.ts';
import { pythonMetric } from './python-number.ts';
import type { Table } from './table.ts';

/** Metrics of an evaluation, with the confidence intervals of those that have one. */
export interface MeasuredValues {
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly intervals: Readonly<Record<string, { readonly low: number; readonly high: number }>>;
}

const NAME = /^(?:name|metric|measure)$/i;
const VALUE = /^(?:value|score|estimate)$/i;
const LOW = /^(?:low|lower|ci_?low(?:er)?)$/i;
const HIGH = /^(?:high|upper|ci_?(?:high|upper))$/i;

/** A metric that was written as `{"value": 0.93, "low": 0.92, "high": 0.94}`, whose names are joined by dots by now, is one with an interval. */
export function withIntervals(found: Readonly<Record<string, MetricValue>>): MeasuredValues {
  const metrics = new Map(Object.entries(found));
  const intervals: [string, { readonly low: number; readonly high: number }][] = [];
  for (const [name, value] of Object.entries(found)) {
    const metric = name.endsWith('.value') ? name.slice(0, -'.value'.length) : '';
    const [low, high] = [metrics.get(`${metric}.low`), metrics.get(`${metric}.high`)];
    if (metric === '' || metrics.has(metric) || typeof low !== 'number' || typeof high !== 'number') continue;
    for (const end of ['value', 'low', 'high']) metrics.delete(`${metric}.${end}`);
    metrics.set(metric, value);
    intervals.push([metric, { low, high }]);
  }
  return { metrics: Object.fromEntries(metrics), intervals: Object.fromEntries(intervals) };
}

/** The rows of a table with columns of names, values and the two ends of intervals; undefined for any other table. */
export function intervalRows({ columns, rows }: Table): MeasuredValues | undefined {
  const [name, value, low, high] = [NAME, VALUE, LOW, HIGH].map((wanted) =>
    columns.findIndex((column) => wanted.test(column)),
  );
  if (name === undefined || value === undefined || low === undefined || high === undefined) return undefined;
  if ([name, value, low, high].includes(-1)) return undefined;
  const metrics: [string, MetricValue][] = [];
  const intervals: [string, { readonly low: number; readonly high: number }][] = [];
  for (const row of rows) {
    const metric = (row[name] ?? '').trim();
    const measured = pythonMetric(row[value] ?? '');
    if (measured === undefined) continue;
    metrics.push([metric, measured]);
    const [from, to] = [pythonMetric(row[low] ?? ''), pythonMetric(row[high] ?? '')];
    if (typeof from === 'number' && typeof to === 'number') intervals.push([metric, { low: from, high: to }]);
  }
  return { metrics: Object.fromEntries(metrics), intervals: Object.fromEntries(intervals) };
}
