import { formatMetric, headlineMetric } from '../../base/metrics.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { safeLine } from '../terminal.ts';

/** `auc 0.9312`, the metric that tells most about a version; empty where it has none. */
export function headlineText(version: VersionSummary): string {
  const metric = headlineMetric(version.metrics);
  return metric ? `${safeLine(metric.name, 40)} ${formatMetric(metric.value)}` : '';
}
