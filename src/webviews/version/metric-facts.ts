import { type DeclaredDirections, metricDirection } from '../../base/metrics.ts';
import type { Metrics, MetricValue } from '../../extension/messages/core-types.ts';
import { directionText } from '../shared/word.ts';

/** What a tooltip adds to a metric's name; nothing where the name doesn't tell. */
export function betterWhen(name: string, declared?: DeclaredDirections): string {
  const direction = metricDirection(name, declared);
  return direction === 'neutral' ? '' : ` (${directionText(direction)})`;
}

/** Metrics come from files and people: a name like `constructor` must not find what every object has. */
export function metricIn(metrics: Metrics, name: string): MetricValue | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
}
