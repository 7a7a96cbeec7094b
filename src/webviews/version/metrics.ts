import { html, nothing, type TemplateResult } from 'lit';
import { byName } from '../../base/by-name.ts';
import { exactText } from '../../base/exponent.ts';
import { t, tCount, tParts } from '../../base/language.ts';
import { formatMetric } from '../../base/metrics.ts';
import type { MetricValue, VersionSummary } from '../../extension/messages/core-types.ts';
import type { Baseline, VersionPageData } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import { alignDecimals, metricText } from '../shared/format.ts';
import { groupMetrics, type MetricGroup } from '../shared/metric-groups.ts';
import type { PageContext } from '../shared/page.ts';
import { changeOf, emptyState, filtered, icon, inlineCode, none, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { copyTable, tableText } from './copy-table.ts';
import { copyValue } from './copy-value.ts';
import { foldable } from './foldable.ts';
import { matrixTable } from './matrix.ts';
import { betterWhen, metricIn } from './metric-facts.ts';
import type { Trends } from './trends.ts';

const SHOWN_MISSING = 12;

/** A version, and what it is measured against. */
export type MeasuredVersion = Pick<VersionPageData, 'baseline' | 'declared'> & { readonly version: VersionSummary };

/** All metrics: a table in groups, and a matrix for each kind of slice. With `trends`, each has its course over the versions beside it. */
export function metricsSection(data: MeasuredVersion, page: PageContext, trends?: Trends): TemplateResult {
  const { version, baseline, declared } = data;
  const all = inOrder(version.metrics);
  if (all.length === 0) {
    return foldable({ id: 'metrics', title: t('Metrics') }, noMetrics(version.model, versionNumber(version)), page);
  }
  const { rows, field, more } = filtered(page, 'metrics', t('Filter metrics'), all, ([name]) => name);
  const { groups, matrices } = groupMetrics(Object.fromEntries(rows));
  return foldable(
    { id: 'metrics', title: t('Metrics'), count: all.length, actions: field },
    html`${groups.length === 0 ? nothing : metricTable(groups, data, page, trends?.curve)}
      ${matrices.map((matrix) => matrixTable(matrix, { before: baseline?.metrics, declared }))} ${more} ${trends?.problem ?? nothing}
      <p class="aside links">${copyTable(page, () => metricsText(data))}</p>`,
    page,
  );
}

function inOrder(metrics: VersionSummary['metrics']): readonly (readonly [name: string, value: MetricValue])[] {
  return Object.entries(metrics).sort(([a], [b]) => byName(a, b));
}

function metricsText({ version, baseline }: MeasuredVersion): string {
  const head = [t('Metric'), `@${versionNumber(version)}`, ...(baseline === undefined ? [] : [`@${baseline.number}`])];
  return tableText(
    head,
    inOrder(version.metrics).map(([name, value]) => [
      name,
      String(value),
      ...(baseline === undefined ? [] : [String(metricIn(baseline.metrics, name) ?? '')]),
    ]),
  );
}

/** Metrics of the other version that this one doesn't have: nobody else would miss them. */
export function notMeasured({ version, baseline }: MeasuredVersion): TemplateResult | typeof nothing {
  const missing = inOrder(baseline?.metrics ?? {}).filter(([name]) => !Object.hasOwn(version.metrics, name));
  if (!baseline || missing.length === 0) return nothing;
  const shown = missing.slice(0, SHOWN_MISSING).map(([name, value]) => `${name} (${metricText(value)})`);
  const more =
    missing.length > SHOWN_MISSING
      ? ` ${tCount(missing.length - SHOWN_MISSING, 'and {count} more', 'and {count} more')}`
      : '';
  return html`<p class="warning aside">
    ${icon('warning')}&nbsp;<span class="wrap">${t('Measured for @{number} only: {names}.', { number: baseline.number, names: `${shown.join(', ')}${more}` })}</span>
  </p>`;
}

function metricTable(
  groups: readonly MetricGroup[],
  { version, baseline, declared }: MeasuredVersion,
  page: PageContext,
  trendOf: ((name: string) => TemplateResult) | undefined,
): TemplateResult {
  const width = 2 + (trendOf ? 1 : 0) + (baseline === undefined ? 0 : 2);
  const metrics = groups.flatMap((group) => group.metrics);
  const now = alignedTexts(metrics.map(({ name, value }) => [name, value]));
  const before = alignedTexts(
    baseline === undefined ? [] : metrics.map(({ name }) => [name, metricIn(baseline.metrics, name)]),
  );
  const row = ({ name, label, value }: MetricGroup['metrics'][number], isGrouped: boolean) =>
    html`<tr class=${isGrouped ? 'grouped' : ''}>
      <th scope="row">${cutName(label, { title: `${name}${betterWhen(name, declared)}`, lines: 'two-if-narrow' })}</th>
      <td class="numeric">${copyValue(page, name, value, now.get(name) ?? '')}</td>
      ${trendOf ? html`<td class="trend">${trendOf(name)}</td>` : nothing}
      ${
        baseline === undefined
          ? nothing
          : html`<td class="numeric muted before" title=${exactText(metricIn(baseline.metrics, name) ?? '')}>
                ${before.get(name) ?? none()}
              </td>
              <td>${changeOf(name, value, metricIn(baseline.metrics, name), declared)}</td>`
      }
    </tr>`;
  return html`<div class="scroll-x">
    <table class="metrics">
      <thead>
        <tr>
          <th scope="col">${t('Metric')}</th>
          <th scope="col" class="numeric">@${versionNumber(version)}</th>
          ${trendOf ? html`<th scope="col" class="trend">${t('Over versions')}</th>` : nothing}
          ${baseline === undefined ? nothing : baselineHeads(version.model, baseline, page)}
        </tr>
      </thead>
      ${groups.map(
        (group) => html`<tbody>
          ${group.prefix === '' ? nothing : groupHead(group.prefix, width)}
          ${group.metrics.map((metric) => row(metric, group.prefix !== ''))}
        </tbody>`,
      )}
    </table>
  </div>`;
}

function baselineHeads(
  model: string,
  { number, kind, stage = 'production' }: Baseline,
  page: PageContext,
): TemplateResult {
  return html`<th scope="col" class="numeric before">
      ${versionLink(page, `${model}@${number}`, `@${number}`)}
      <span class="muted">${kind === 'production' ? stage : t('before')}</span>
    </th>
    <th scope="col">${t('Change')}</th>`;
}

function groupHead(prefix: string, width: number): TemplateResult {
  return html`<tr class="group">
    <th scope="rowgroup" colspan=${width}>${cutName(prefix, { lines: 'two-if-narrow' })}</th>
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
    t('No metrics were recorded.'),
    html`${tParts('Record them with {command}, or pass {option} when you register.', {
      command: inlineCode('model-registry evaluate', target, '--metrics metrics.json'),
      option: inlineCode('--metrics'),
    })}`,
  );
}
