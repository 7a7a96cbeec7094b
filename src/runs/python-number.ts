import { type MetricValue, writtenMetric } from '../base/metric-value.ts';

/** A number as Python prints it, `nan` and `-inf` among them, as `writtenMetric` gives it; undefined for any other text. */
export function pythonMetric(text: string): MetricValue | undefined {
  const trimmed = text.trim();
  if (/^[+-]?nan$/i.test(trimmed)) return 'NaN';
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(trimmed);
  if (infinite) return infinite[1] === '-' ? '-Infinity' : 'Infinity';
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed)) return undefined;
  return writtenMetric(Number(trimmed));
}
