import { sharedHeadline } from '../../base/comparing.ts';
import { type DeclaredDirections, formatDifference, formatMetric, metricChange } from '../../base/metrics.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { TransitionResult } from '../../registry/api/stages.ts';
import { safeLine, styled } from '../terminal.ts';
import { labelOf } from './values.ts';

export interface TransitionContext {
  /** What is in production now. */
  readonly production?: VersionSummary | undefined;
  readonly declared?: DeclaredDirections | undefined;
}

/**
 * What a move did: the version, what it displaced, and how its headline metric stands to what it displaced, or else to what is in
 * production.
 */
export function transitionText(result: TransitionResult, { production, declared }: TransitionContext): string {
  const { version, from, kind, displaced } = result;
  const to = safeLine(result.to);
  const label = labelOf(version);
  const done: Readonly<Record<TransitionResult['kind'], string>> = {
    promote: `Promoted ${label} from ${safeLine(from)} to ${to}`,
    rollback: `Rolled ${to} back to ${label}`,
    demote: `Moved ${label} from ${safeLine(from)} back to ${to}`,
    archive: `Archived ${label}`,
  };
  const lines = [styled('green', done[kind])];
  if (from === 'production') lines.push(`Nothing of ${safeLine(version.model)} is in production now.`);
  for (const other of displaced) lines.push(`${labelOf(other)} moved from ${to} to ${safeLine(other.stage)}`);
  const baseline = displaced[0] ?? production;
  const change =
    kind !== 'archive' && baseline && baseline.id !== version.id ? changeText(version, baseline, declared) : undefined;
  if (change !== undefined) lines.push(change);
  return lines.join('\n');
}

/** `auc 0.9312, was 0.912 in fraud-detector@6 (+0.0192, better)`; undefined where the two have no metric in common. */
function changeText(
  version: VersionSummary,
  baseline: VersionSummary,
  declared: DeclaredDirections | undefined,
): string | undefined {
  const metric = sharedHeadline(version.metrics, baseline.metrics, { declared });
  if (!metric) return undefined;
  const { name, value, before } = metric;
  const { verdict, difference } = metricChange(name, value, before, declared);
  const notes = [
    ...(difference === undefined ? [] : [formatDifference(difference)]),
    ...(verdict === 'better' || verdict === 'worse' ? [styled(verdict === 'better' ? 'green' : 'red', verdict)] : []),
  ];
  const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  const place = baseline.stage === 'production' ? `${labelOf(baseline)}, which is in production` : labelOf(baseline);
  return `${safeLine(name, 60)} is ${formatMetric(value)}, against ${formatMetric(before)} of ${place}${note}`;
}
