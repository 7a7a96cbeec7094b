import { formatMetric } from '../../base/metrics.ts';
import type { MetricCourses } from '../../registry/api/facts.ts';
import { safeLine } from '../terminal.ts';
import { tableText } from './tables.ts';

const BARS = '▁▂▃▄▅▆▇█';
const WIDTH = 32;

/** The course of each metric as a small curve, with its first, last, least and greatest value. */
export function historyText(courses: MetricCourses): string {
  const rows = Object.entries(courses).map(([name, { points, total }]) => {
    const values = points.flatMap(([, value]) => (typeof value === 'number' ? [value] : []));
    const last = points.at(-1);
    return [
      `  ${safeLine(name, 40)}`,
      curve(values),
      points[0] ? formatMetric(points[0][1]) : '',
      last ? formatMetric(last[1]) : '',
      values.length === 0 ? '' : formatMetric(Math.min(...values)),
      values.length === 0 ? '' : formatMetric(Math.max(...values)),
      total.toLocaleString('en-US'),
    ];
  });
  return tableText(['  METRIC', 'COURSE', 'FIRST', 'LAST', 'LEAST', 'GREATEST', 'POINTS'], rows);
}

function curve(values: readonly number[]): string {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const count = Math.min(WIDTH, values.length);
  const bars = Array.from({ length: count }, (_, place) => {
    const value = values[Math.round((place * (values.length - 1)) / Math.max(1, count - 1))] ?? least;
    const height = greatest === least ? 0 : Math.round(((value - least) / (greatest - least)) * (BARS.length - 1));
    return BARS[height] ?? '';
  });
  return bars.join('');
}
