import { html, nothing, type TemplateResult } from 'lit';
import { byName } from '../../base/by-name.ts';
import { exactText } from '../../base/exponent.ts';
import { t } from '../../base/language.ts';
import type { DeclaredDirections } from '../../base/metrics.ts';
import type { EvaluationEntry, MetricValue } from '../../extension/messages/core-types.ts';
import { cutName } from '../shared/cut-name.ts';
import { alignDecimals, metricText } from '../shared/format.ts';
import type { SliceMetric } from '../shared/metric-groups.ts';
import { changeOf, none } from '../shared/parts.ts';
import { betterWhen } from './metric-facts.ts';

/** Evaluations in the order of their times, by the dataset; those that name none under an empty name. */
export function byDataset(evaluations: readonly EvaluationEntry[]): ReadonlyMap<string, readonly EvaluationEntry[]> {
  const inOrder = [...evaluations].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return Map.groupBy(inOrder, ({ dataset }) => dataset ?? '');
}

/** Of the data that was evaluated on last. */
export function digestOf(entries: readonly EvaluationEntry[]): string | undefined {
  return entries.findLast(({ datasetSha256 }) => datasetSha256 !== undefined)?.datasetSha256;
}

export interface WholeMetric {
  readonly value: MetricValue;
  readonly interval?: string;
}

/** The newest of each metric over the whole dataset. */
export function wholeOf(entries: readonly EvaluationEntry[]): ReadonlyMap<string, WholeMetric> {
  return new Map(
    entries
      .filter(({ slice }) => slice === undefined)
      // A later evaluation without an interval leaves none of an earlier one behind.
      .flatMap(({ metrics, intervals }) =>
        Object.entries(metrics).map(([name, value]) => [name, { value, ...intervalOf(intervals, name) }] as const),
      ),
  );
}

function intervalOf(intervals: EvaluationEntry['intervals'], name: string): { readonly interval?: string } {
  const found = intervals && Object.hasOwn(intervals, name) ? intervals[name] : undefined;
  return found ? { interval: t('{low} to {high}', { low: metricText(found.low), high: metricText(found.high) }) } : {};
}

export interface WholeTable {
  readonly now: ReadonlyMap<string, WholeMetric>;
  /** What the columns of values are called. */
  readonly head: string;
  readonly other?: { readonly head: string; readonly before: ReadonlyMap<string, WholeMetric> } | undefined;
  readonly declared?: DeclaredDirections | undefined;
}

/** What was measured over a whole dataset, with intervals where there are any, and the changes against another version. */
export function wholeTable({ now, head, other, declared }: WholeTable): TemplateResult | typeof nothing {
  if (now.size === 0) return nothing;
  const rows = [...now].sort(([a], [b]) => byName(a, b));
  const texts = alignDecimals(rows.map(([, { value }]) => metricText(value)));
  const hasIntervals = rows.some(([, { interval }]) => interval !== undefined);
  const compared = other && other.before.size > 0 ? other : undefined;
  return html`<div class="scroll-x"><table class=${compared ? 'metrics' : 'narrow'}>
    <thead>
      <tr>
        <th scope="col">${t('Metric')}</th><th scope="col" class="numeric">${head}</th>
        ${hasIntervals ? html`<th scope="col" class="numeric interval">${t('Interval')}</th>` : nothing}
        ${compared ? html`<th scope="col" class="numeric before">${compared.head}</th><th scope="col">${t('Change')}</th>` : nothing}
      </tr>
    </thead>
    <tbody>
      ${rows.map(([name, { value, interval }], row) => {
        const was = compared?.before.get(name)?.value;
        return html`<tr>
          <th scope="row">${cutName(name, { title: `${name}${betterWhen(name, declared)}`, lines: 'two-if-narrow' })}</th>
          <td class="numeric" title=${exactText(value)}>${texts[row]}</td>
          ${hasIntervals ? html`<td class="numeric muted interval">${interval ?? none()}</td>` : nothing}
          ${compared ? html`<td class="numeric muted before">${was === undefined ? none() : metricText(was)}</td><td>${changeOf(name, value, was, declared)}</td>` : nothing}
        </tr>`;
      })}
    </tbody>
  </table></div>`;
}

/** `country=DE` is the value `DE` of the slice `country`; the name tells the cell, and its end which way is better. */
export function sliceMetrics({ slice, metrics }: EvaluationEntry): readonly SliceMetric[] {
  if (slice === undefined) return [];
  const place = slice.indexOf('=');
  const [of, sliceValue] = place < 1 ? ['slice', slice] : [slice.slice(0, place), slice.slice(place + 1)];
  return Object.entries(metrics).map(([metric, value]) => ({
    slice: of,
    sliceValue,
    metric,
    name: `${slice}/${metric}`,
    value,
  }));
}
