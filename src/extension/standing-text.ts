import { sharedHeadline } from '../base/comparing.ts';
import { t } from '../base/language.ts';
import { formatDifference, formatMetric, type HeadlineOptions, headlineMetric, metricChange } from '../base/metrics.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import { numberOf, oneLine } from './version-text.ts';

export interface StandingText {
  readonly text: string;
  readonly isWorse: boolean;
}

/**
 * How a version does beside another one, by the metric that tells most of both: `auc is 0.9925, worse than the 0.9952 of version 1 (−0.0027)`.
 * Undefined where nothing is known of the other one.
 */
export function standingText(
  version: VersionSummary,
  other: VersionSummary,
  options: HeadlineOptions,
): StandingText | undefined {
  const shared = sharedHeadline(version.metrics, other.metrics, options);
  const number = numberOf(other);
  if (!shared) {
    const known = headlineMetric(other.metrics, options);
    if (!known) return undefined;
    const text = t('{name} isn’t known for it; version {number} has {value}', {
      ...{ name: oneLine(known.name, 40), number, value: formatMetric(known.value) },
    });
    return { text, isWorse: false };
  }
  const { name, value, before } = shared;
  const { verdict, difference } = metricChange(name, value, before, options.declared);
  const told = { name: oneLine(name, 40), value: formatMetric(value), number };
  const compared = { ...told, before: formatMetric(before) };
  const change = difference === undefined || difference === 0 ? '' : ` (${formatDifference(difference)})`;
  switch (verdict) {
    case 'same':
      return { text: t('{name} is {value}, the same as that of version {number}', told), isWorse: false };
    case 'better':
      return {
        text: `${t('{name} is {value}, better than the {before} of version {number}', compared)}${change}`,
        isWorse: false,
      };
    case 'worse':
      return {
        text: `${t('{name} is {value}, worse than the {before} of version {number}', compared)}${change}`,
        isWorse: true,
      };
    case 'different':
      return {
        text: `${t('{name} is {value}, against the {before} of version {number}', compared)}${change}`,
        isWorse: false,
      };
  }
}
