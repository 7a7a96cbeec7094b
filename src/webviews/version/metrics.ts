import { html, nothing, type TemplateResult } from 'lit';
import { formatMetric } from '../../base/metrics.ts';
import type { Baseline, MetricValue, VersionPageData } from '../../extension/messages.ts';
import { alignDecimals } from '../shared/format.ts';
import { groupMetrics, type MetricGroup } from '../shared/metric-groups.ts';
import type { PageContext } from '../shared/page.ts';
import { changeOf, emptyState, filtered, none, section, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { matrixTable } from './matrix.ts';
import { betterWhen, metricIn } from './metric-facts.ts';

/** All metrics: a table in groups, and a matrix for each kind of slice. */
export function metricsSection(data: VersionPageData, page: PageContext): TemplateResult {
  const { version, baseline, declared } = data;
  const all = Object.entries(version.metrics);
  if (all.length === 0) {
    return section({ id: 'metrics', title: 'Metrics' }, noMetrics(version.model, versionNumber(version)));
  }
  const { rows, field, more } = filtered(page, 'metrics', 'Filter metrics', all, ([name]) => name);
  const { groups, matrices } = groupMetrics(Object.fromEntries(rows));
  return section(
    { id: 'metrics', title: 'Metrics', count: all.length, actions: field },
    html`${groups.length === 0 ? nothing : metricTable(groups, data, page)}
      ${matrices.map((matrix) => matrixTable(matrix, { before: baseline?.metrics, declared }))} ${more}`,
  );
}

function metricTable(
  groups: readonly MetricGroup[],
  { version, baseline, declared }: VersionPageData,
  page: PageContext,
): TemplateResult {
  const metrics = groups.flatMap((group) => group.metrics);
  const now = alignedTexts(metrics.map(({ name, value }) => [name, value]));
  const before = alignedTexts(
    baseline === undefined ? [] : metrics.map(({ name }) => [name, metricIn(baseline.metrics, name)]),
  );
  const row = ({ name, label, value }: MetricGroup['metrics'][number], isGrouped: boolean) =>
    html`<tr class=${isGrouped ? 'grouped' : ''}>
      <th scope="row"><span class="ellipsis" title="${name}${betterWhen(name, declared)}">${label}</span></th>
      <td class="numeric" title=${String(value)}>${now.get(name)}</td>
      ${
        baseline === undefined
          ? nothing
          : html`<td class="numeric muted before" title=${String(metricIn(baseline.metrics, name) ?? '')}>
                ${before.get(name) ?? none()}
              </td>
              <td>${changeOf(name, value, metricIn(baseline.metrics, name), declared)}</td>`
      }
    </tr>`;
  return html`<div class="scroll-x">
    <table class="metrics">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" class="numeric">@${versionNumber(version)}</th>
          ${baseline === undefined ? nothing : baselineHeads(version.model, baseline, page)}
        </tr>
      </thead>
      ${groups.map(
        (group) => html`<tbody>
          ${group.prefix === '' ? nothing : groupHead(group.prefix, baseline === undefined ? 2 : 4)}
          ${group.metrics.map((metric) => row(metric, group.prefix !== ''))}
        </tbody>`,
      )}
    </table>
  </div>`;
}

function baselineHeads(model: string, { number, kind }: Baseline, page: PageContext): TemplateResult {
  return html`<th scope="col" class="numeric before">
      ${versionLink(page, `${model}@${number}`, `@${number}`)}
      <span class="muted">${kind === 'production' ? 'production' : 'before'}</span>
    </th>
    <th scope="col">Change</th>`;
}

function groupHead(prefix: string, width: number): TemplateResult {
  return html`<tr class="group">
    <th scope="rowgroup" colspan=${width}><span class="ellipsis" title=${prefix}>${prefix}</span></th>
  </tr>`;
}

function alignedTexts(
  values: readonly (readonly [name: string, value: MetricValue | undefined])[],
): ReadonlyMap<string, string | undefined> {
  const texts = alignDecimals(values.map(([, value]) => (value === undefined ? '' : formatMetric(value))));
  return new Map(values.map(([name, value], index) => [name, value === undefined ? undefined : texts[index]]));
}

function noMetrics(model: string, number: string): TemplateResult {
  const ref = `${model}@${number}`;
  // A name with anything else in it would have to be quoted, differently in each shell.
  const target = /^[\w.@-]+$/.test(ref) ? ref : `MODEL@${number}`;
  return emptyState(
    'No metrics were recorded.',
    html`Record them with <code>model-registry evaluate ${target} --metrics metrics.json</code>, or pass
      <code>--metrics</code> when you register.`,
  );
}
