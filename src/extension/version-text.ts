import { formatDifference, formatMetric, headlineMetric, metricChange } from '../base/metrics.ts';
import type { RegisterResult, VersionSummary } from '../registry/api.ts';

/** `fraud-detector@7` */
export function labelOf(version: VersionSummary): string {
  return `${version.model}@${version.number}`;
}

/** `auc 0.9123`, or nothing where no metric was recorded. */
export function headlineText(version: VersionSummary, preferred: string): string {
  const metric = headlineMetric(version.metrics, preferred === '' ? undefined : preferred);
  return metric ? `${metric.name} ${formatMetric(metric.value)}` : '';
}

/** `fraud-detector@2 registered: auc 0.9123 (+0.0121 against production 1)` */
export function registeredText({ version, production }: RegisterResult, preferred: string): string {
  const metric = headlineMetric(version.metrics, preferred === '' ? undefined : preferred);
  if (!metric) return `${labelOf(version)} registered`;
  const before = production?.metrics[metric.name];
  const change = before === undefined ? undefined : metricChange(metric.name, metric.value, before).difference;
  const against = production && change !== undefined ? ` (${formatDifference(change)} against production ${production.number})` : '';
  return `${labelOf(version)} registered: ${metric.name} ${formatMetric(metric.value)}${against}`;
}

/** `3 minutes ago`, `yesterday`, or the date. */
export function agoText(iso: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  if (Math.abs(seconds) < 60) return 'just now';
  if (Math.abs(seconds) < 3600) return format.format(Math.round(seconds / 60), 'minute');
  if (Math.abs(seconds) < 86_400) return format.format(Math.round(seconds / 3600), 'hour');
  if (Math.abs(seconds) < 30 * 86_400) return format.format(Math.round(seconds / 86_400), 'day');
  return new Date(iso).toLocaleDateString();
}
