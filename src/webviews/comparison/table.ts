import { html, nothing, type TemplateResult } from 'lit';
import { formatMetric, metricDirection } from '../../base/metrics.ts';
import type { ComparedRow, ComparisonPageData, MetricValue, VersionSummary } from '../../extension/messages.ts';
import { alignDecimals } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { changeOf, none, shortened, stageBadge, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { type ComparisonSection, sectionsOf } from './model.ts';

export interface TableOptions {
  readonly comparison: ComparisonPageData;
  readonly baseline: number;
  readonly onlyDifferences: boolean;
}

/** One table for all sections, so that the columns of the versions stand still. */
export function comparisonTable(options: TableOptions, page: PageContext): TemplateResult {
  const { comparison, baseline } = options;
  return html`<div class="scroll-both" tabindex="0" role="region" aria-label="Comparison">
    <table class="comparison">
      <thead>
        <tr>
          <td></td>
          ${comparison.versions.map((version, column) => columnHead(version, column === baseline, page))}
        </tr>
      </thead>
      ${sectionsOf(comparison).map((section) => sectionRows(section, options, page))}
    </table>
  </div>`;
}

function columnHead(version: VersionSummary, isBaseline: boolean, page: PageContext): TemplateResult {
  const name = `${version.model}@${versionNumber(version)}`;
  return html`<th scope="col" colspan="2" class=${isBaseline ? 'baseline' : ''}>
    <div class="column-head">
      ${versionLink(page, version.id, name)}
      <div class="facts">
        ${stageBadge(version.stage)}
        ${isBaseline ? html`<span class="muted">baseline</span>` : nothing}
        <button class="link" aria-label="Promote ${name}…" @click=${() => page.act('promote', version.id)}>
          Promote…
        </button>
      </div>
    </div>
  </th>`;
}

function sectionRows(section: ComparisonSection, options: TableOptions, page: PageContext): TemplateResult {
  const { comparison, onlyDifferences } = options;
  const { name, title, rows } = section;
  const different = rows.filter(({ isDifferent }) => isDifferent).length;
  const wanted = onlyDifferences ? rows.slice(0, different) : rows;
  const isClosed = page.ui[`closed.${name}`] === true;
  const { rows: shown, more } = shortened(page, name, isClosed ? [] : wanted);
  const width = 1 + 2 * comparison.versions.length;
  return html`<tbody>
    <tr class="section-row">
      <th scope="rowgroup" colspan=${width}>
        <h2>
          <button
            class="section-toggle"
            aria-expanded=${String(!isClosed)}
            @click=${() => page.setUi(`closed.${name}`, !isClosed)}
          >
            <span class="codicon codicon-chevron-${isClosed ? 'right' : 'down'}" aria-hidden="true"></span>${title}
            <span class="count">${summary(rows.length, different)}</span>
          </button>
        </h2>
      </th>
    </tr>
    ${shown.map((row) => {
      if (name === 'metrics') return metricRow(row, options);
      return textRow(row, options, name === 'dependencies' ? comparison.hasDependencies : undefined);
    })}
    ${more === nothing ? nothing : html`<tr><td colspan=${width}>${more}</td></tr>`}
  </tbody>`;
}

function summary(total: number, different: number): string {
  if (total === 0) return 'none recorded';
  if (different === 0) return `${total.toLocaleString('en-US')}, all the same`;
  return `${different.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} differ`;
}

function rowHead(row: ComparedRow, note = ''): TemplateResult {
  return html`<th scope="row"><span class="ellipsis" title="${row.name}${note}">${row.name}</span></th>`;
}

function metricRow(row: ComparedRow, { baseline, comparison: { declared } }: TableOptions): TemplateResult {
  const direction = metricDirection(row.name, declared);
  const before = metricOf(row.values[baseline]);
  const texts = alignDecimals(row.values.map((value) => (value === null ? '' : formatMetric(value))));
  return html`<tr>
    ${rowHead(row, direction === 'neutral' ? '' : ` (${direction} is better)`)}
    ${row.values.map((value, column) => {
      const isBaseline = column === baseline;
      if (value === null)
        return html`<td class="numeric ${isBaseline ? 'baseline' : ''}">${none()}</td><td class=${isBaseline ? 'baseline' : ''}></td>`;
      return html`<td class="numeric ${isBaseline ? 'baseline' : ''}" title=${String(value)}>${texts[column]}</td
        ><td class=${isBaseline ? 'baseline' : ''}>${isBaseline ? nothing : changeOf(row.name, metricOf(value), before, declared)}</td>`;
    })}
  </tr>`;
}

function metricOf(value: string | number | null | undefined): MetricValue | undefined {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? value : undefined;
}

/** What isn't known of a version is said, and differs from nothing. */
function textRow(row: ComparedRow, { baseline }: TableOptions, isKnown: readonly boolean[] = []): TemplateResult {
  const before = row.values[baseline];
  return html`<tr>
    ${rowHead(row)}
    ${row.values.map((value, column) => {
      const isUnknown = isKnown[column] === false;
      const differs = column !== baseline && value !== before && !isUnknown && isKnown[baseline] !== false;
      return html`<td colspan="2" class=${column === baseline ? 'baseline' : differs ? 'differs' : ''}>
        <span class="value"
          >${
            differs
              ? html`<span class="mark" aria-hidden="true" title="Differs from the baseline">≠</span
                  ><span class="only-read-aloud">differs: </span>`
              : nothing
          }${isUnknown ? html`<span class="muted">not recorded</span>` : value === null ? none() : html`<span class="clamp" title=${String(value)}>${String(value)}</span>`}</span
        >
      </td>`;
    })}
  </tr>`;
}
