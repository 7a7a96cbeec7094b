import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import { formatMetric } from '../../base/metrics.ts';
import type { EvaluationEntry, Metrics, MetricValue } from '../../extension/messages.ts';
import type { ReviewPageData } from '../../extension/messages-review.ts';
import { alignDecimals, shortDigest } from '../shared/format.ts';
import { byName, matricesOf } from '../shared/metric-groups.ts';
import type { PageContext } from '../shared/page.ts';
import { changeOf, emptyState, icon, none, section } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { matrixTable } from '../version/matrix.ts';

/** What was measured on each dataset, of both versions: wholes in a table, slices in a matrix with their differences. */
export function evaluationsBeside(data: ReviewPageData, page: PageContext): TemplateResult | typeof nothing {
  const own = byDataset(data.version.lineage.evaluations);
  const theirs = byDataset(data.other?.version.lineage.evaluations ?? []);
  const names = [...new Set([...own.keys(), ...theirs.keys()])].sort(byName);
  if (names.length === 0) return nothing;
  const attach = html`<button class="link" @click=${() => page.act('evaluate', data.version.id)}>${t('Attach evaluation…')}</button>`;
  return section(
    { id: 'evaluations', title: t('Evaluations'), count: names.length, actions: data.isTrusted ? attach : nothing },
    names.map((name) => datasetPart(name, own.get(name) ?? [], theirs.get(name) ?? [], data)),
  );
}

function byDataset(evaluations: readonly EvaluationEntry[]): ReadonlyMap<string, readonly EvaluationEntry[]> {
  const inOrder = [...evaluations].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return Map.groupBy(inOrder, ({ dataset }) => dataset ?? '');
}

function datasetPart(
  name: string,
  own: readonly EvaluationEntry[],
  theirs: readonly EvaluationEntry[],
  data: ReviewPageData,
): TemplateResult {
  const { version, other, declared } = data;
  const title = name === '' ? t('No dataset named') : name;
  const isOtherData =
    digestOf(own) !== undefined && digestOf(theirs) !== undefined && digestOf(own) !== digestOf(theirs);
  const before = isOtherData ? [] : theirs;
  if (own.length === 0)
    return html`<div class="dataset">
      <h3 class="wrap">${title}</h3>
      ${emptyState(t('@{version} wasn’t evaluated on it; @{other} was.', { version: versionNumber(version), other: other ? versionNumber(other.version) : '' }))}
    </div>`;
  const matrices = matricesOf(own.flatMap(sliceMetrics));
  const sliced = Object.fromEntries(before.flatMap(sliceMetrics).map(({ name: cell, value }) => [cell, value]));
  return html`<div class="dataset">
    <h3 class="wrap">${title} ${digestOf(own) === undefined ? nothing : html`<code class="muted" title=${digestOf(own) ?? ''}>${shortDigest(digestOf(own) ?? '')}</code>`}</h3>
    ${isOtherData ? html`<p class="warning">${icon('warning')} ${t('@{other} was evaluated on other data of this name, so they aren’t compared.', { other: other ? versionNumber(other.version) : '' })}</p>` : nothing}
    ${wholeTable(own, before, data)}
    ${matrices.map((matrix) => matrixTable(matrix, { before: sliced, declared }))}
  </div>`;
}

function digestOf(entries: readonly EvaluationEntry[]): string | undefined {
  return entries.findLast(({ datasetSha256 }) => datasetSha256 !== undefined)?.datasetSha256;
}

/** The newest of each metric over the whole dataset. */
function wholeOf(entries: readonly EvaluationEntry[]): ReadonlyMap<string, { value: MetricValue; interval?: string }> {
  return new Map(
    entries
      .filter(({ slice }) => slice === undefined)
      .flatMap(({ metrics, intervals }) =>
        Object.entries(metrics).map(([name, value]) => [name, { value, ...intervalOf(intervals, name) }] as const),
      ),
  );
}

function intervalOf(intervals: EvaluationEntry['intervals'], name: string): { readonly interval?: string } {
  const found = intervals && Object.hasOwn(intervals, name) ? intervals[name] : undefined;
  return found
    ? { interval: t('{low} to {high}', { low: formatMetric(found.low), high: formatMetric(found.high) }) }
    : {};
}

function wholeTable(
  own: readonly EvaluationEntry[],
  theirs: readonly EvaluationEntry[],
  { version, other, declared }: ReviewPageData,
): TemplateResult | typeof nothing {
  const [now, before] = [wholeOf(own), wholeOf(theirs)];
  if (now.size === 0) return nothing;
  const rows = [...now].sort(([a], [b]) => byName(a, b));
  const texts = alignDecimals(rows.map(([, { value }]) => formatMetric(value)));
  const hasIntervals = rows.some(([, { interval }]) => interval !== undefined);
  return html`<div class="scroll-x"><table class="metrics">
    <thead>
      <tr>
        <th scope="col">${t('Metric')}</th><th scope="col" class="numeric">@${versionNumber(version)}</th>
        ${hasIntervals ? html`<th scope="col" class="numeric interval">${t('Interval')}</th>` : nothing}
        ${other && before.size > 0 ? html`<th scope="col" class="numeric before">@${versionNumber(other.version)}</th><th scope="col">${t('Change')}</th>` : nothing}
      </tr>
    </thead>
    <tbody>
      ${rows.map(([name, { value, interval }], row) => {
        const was = before.get(name)?.value;
        return html`<tr>
          <th scope="row"><span class="ellipsis" title=${name}>${name}</span></th>
          <td class="numeric" title=${String(value)}>${texts[row]}</td>
          ${hasIntervals ? html`<td class="numeric muted interval">${interval ?? none()}</td>` : nothing}
          ${other && before.size > 0 ? html`<td class="numeric muted before">${was === undefined ? none() : formatMetric(was)}</td><td>${changeOf(name, value, was, declared)}</td>` : nothing}
        </tr>`;
      })}
    </tbody>
  </table></div>`;
}

/** `country=DE` is the value `DE` of the slice `country`; the name tells the cell, and its end which way is better. */
function sliceMetrics({ slice, metrics }: EvaluationEntry) {
  if (slice === undefined) return [];
  const place = slice.indexOf('=');
  const [of, sliceValue] = place < 1 ? ['slice', slice] : [slice.slice(0, place), slice.slice(place + 1)];
  return Object.entries(metrics satisfies Metrics).map(([metric, value]) => ({
    slice: of,
    sliceValue,
    metric,
    name: `${slice}/${metric}`,
    value,
  }));
}
