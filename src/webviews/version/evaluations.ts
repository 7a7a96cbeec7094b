import { html, nothing, type TemplateResult } from 'lit';
import { formatMetric } from '../../base/metrics.ts';
import type { EvaluationEntry, VersionDetails } from '../../extension/messages.ts';
import { alignDecimals } from '../shared/format.ts';
import { byName, matricesOf } from '../shared/metric-groups.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, section, timeOf } from '../shared/parts.ts';
import { matrixTable } from './matrix.ts';
import { part } from './part.ts';

/** What was measured after the version was registered, by dataset; slices as a matrix. */
export function evaluationsSection(
  { id, lineage }: VersionDetails,
  page: PageContext,
): TemplateResult | typeof nothing {
  const { evaluations } = lineage;
  if (evaluations.length === 0) return nothing;
  const inOrder = [...evaluations].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const datasets = Map.groupBy(inOrder, ({ dataset }) => dataset ?? '');
  const attach = html`<button class="link" @click=${() => page.act('evaluate', id)}>Attach evaluation…</button>`;
  return section(
    { id: 'evaluations', title: 'Evaluations', count: evaluations.length, actions: attach },
    [...datasets].map(([dataset, entries]) =>
      part(dataset === '' ? 'No dataset named' : dataset, datasetPart(entries)),
    ),
  );
}

function datasetPart(entries: readonly EvaluationEntry[]): TemplateResult {
  const newest = entries.at(-1);
  const whole = Object.entries(
    Object.fromEntries(
      entries.filter(({ slice }) => slice === undefined).flatMap(({ metrics }) => Object.entries(metrics)),
    ),
  ).sort(([a], [b]) => byName(a, b));
  const intervals = Object.fromEntries(
    entries
      .filter(({ slice }) => slice === undefined)
      // A later evaluation without an interval leaves none of an earlier one behind.
      .flatMap(({ metrics, intervals = {} }) => Object.keys(metrics).map((name) => [name, intervals[name]] as const)),
  );
  const hasIntervals = Object.values(intervals).some((interval) => interval !== undefined);
  const texts = alignDecimals(whole.map(([, value]) => formatMetric(value)));
  const matrices = matricesOf(entries.flatMap(sliceMetrics));
  return html`${newest === undefined ? nothing : html`<div class="muted">${timeOf(newest.at)} by ${authorOf(newest.by)}</div>`}
    ${
      whole.length === 0
        ? nothing
        : html`<table class="narrow">
            <thead>
              <tr><th scope="col">Metric</th><th scope="col" class="numeric">Value</th>${hasIntervals ? html`<th scope="col" class="numeric">Interval</th>` : nothing}</tr>
            </thead>
            <tbody>
              ${whole.map(
                ([name, value], index) => html`<tr>
                  <th scope="row"><span class="ellipsis" title=${name}>${name}</span></th>
                  <td class="numeric" title=${String(value)}>${texts[index]}</td>
                  ${hasIntervals ? html`<td class="numeric">${intervalText(intervals[name])}</td>` : nothing}
                </tr>`,
              )}
            </tbody>
          </table>`
    }
    ${matrices.map((matrix) => matrixTable(matrix))}`;
}

function intervalText(interval: { readonly low: number; readonly high: number } | undefined): string {
  return interval ? `${formatMetric(interval.low)} to ${formatMetric(interval.high)}` : '';
}

/** `country=DE` is the value `DE` of the slice `country`. */
function sliceMetrics({ slice, metrics }: EvaluationEntry) {
  if (slice === undefined) return [];
  const place = slice.indexOf('=');
  const [of, sliceValue] = place < 1 ? ['slice', slice] : [slice.slice(0, place), slice.slice(place + 1)];
  return Object.entries(metrics).map(([metric, value]) => ({ slice: of, sliceValue, metric, name: metric, value }));
}
