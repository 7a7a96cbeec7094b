import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { formatNumber, t, tCount } from '../../base/language.ts';
import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import { edged } from '../shared/edges.ts';
import type { PageContext } from '../shared/page.ts';
import { icon, shortened } from '../shared/parts.ts';
import { type CellOptions, directionNote, isLong, metricCells, textCells } from './cells.ts';
import { columnHead } from './column-head.ts';
import { nameOf, rowText } from './export.ts';
import type { RowGroup, SectionRow } from './model.ts';
import { type FoldedSort, foldedSorts, type ShownSection } from './shown.ts';

export interface TableOptions {
  readonly comparison: ComparisonPageData;
  readonly baseline: number;
  readonly sections: readonly ShownSection[];
  /** What is found out later stands below everything else, so that nothing moves. */
  readonly last?: TemplateResult | typeof nothing;
}

/** One table for all sections, so that the columns of the versions stand still. */
export function comparisonTable(options: TableOptions, page: PageContext): TemplateResult {
  const { comparison, baseline, sections, last = nothing } = options;
  const { versions } = comparison;
  return html`<div class="edges"><div class="scroll-both edged" ${ref(edged)} data-place="comparison" tabindex="0" role="region" aria-label=${t('Comparison')}>
    <table class="comparison">
      <thead>
        <tr>
          <td></td>
          ${versions.map((_, column) => columnHead(versions, column, baseline, page))}
        </tr>
      </thead>
      ${sections.map((section) => sectionRows(section, options, page))} ${last}
    </table>
  </div></div>`;
}

/** The heading of a section, which opens and closes it. */
export function sectionHead(
  {
    id,
    title,
    note,
    isClosed,
  }: { readonly id: string; readonly title: string; readonly note: string; readonly isClosed: boolean },
  width: number,
  toggle: () => void,
): TemplateResult {
  return html`<tr class="section-row" id="section-${id}">
    <th scope="rowgroup" colspan=${width}>
      <h2>
        <button class="section-toggle" aria-expanded=${String(!isClosed)} @click=${toggle}>
          <span class="codicon codicon-chevron-${isClosed ? 'right' : 'down'}" aria-hidden="true"></span
          ><span>${title} <span class="count">${note}</span></span>
        </button>
      </h2>
    </th>
  </tr>`;
}

function sectionRows(section: ShownSection, options: TableOptions, page: PageContext): TemplateResult {
  const { comparison } = options;
  const { id, title, isClosed, groups } = section;
  const width = 1 + 2 * comparison.versions.length;
  const toggle = () => page.setUi(`closed.${id}`, page.ui[`closed.${id}`] !== true);
  return html`<tbody>
    ${sectionHead({ id, title, note: summary(section, comparison), isClosed }, width, toggle)}
    ${groups.map((group, place) => groupRows(group, `${id}.${place}`, options, page))}
    ${foldedSorts.map((sort) => foldRow(sort, section, width, page))}
  </tbody>`;
}

/** What is folded away can be shown, and folded again. */
function foldRow(
  sort: FoldedSort,
  { id, total, different, partlyKnown, isClosed, showsSame, folded }: ShownSection,
  width: number,
  page: PageContext,
): TemplateResult | typeof nothing {
  const key = `${sort}.${id}`;
  const count = folded[sort];
  const isThere = sort === 'same' ? different + partlyKnown < total : partlyKnown > 0;
  const isOpen = page.ui[key] === true && !isClosed && showsSame !== true && isThere;
  if (count === 0 && !isOpen) return nothing;
  const text = isOpen
    ? sort === 'same'
      ? t('Fold what is the same')
      : t('Fold what is missing in some versions')
    : sort === 'same'
      ? tCount(count, 'Show {count} row that is the same', 'Show {count} rows that are the same')
      : tCount(
          count,
          'Show {count} row that is missing in some versions',
          'Show {count} rows that are missing in some versions',
        );
  return html`<tr class="fold-row"><td colspan=${width}><button class="link" @click=${() => page.setUi(key, !isOpen)}>${icon(isOpen ? 'fold' : 'unfold')}${text}</button></td></tr>`;
}

/** `2 of 8 differ`, and of which rows or versions nobody knows. */
function summary(
  { total, different, partlyKnown, unseen = 0, unknownColumns }: ShownSection,
  { versions }: Pick<ComparisonPageData, 'versions'>,
): string {
  if (total === 0) return t('none recorded');
  const unknown = versions.filter((_, column) => unknownColumns.includes(column)).map(nameOf);
  const isPartlyKnown = unknown.length === 0 && partlyKnown > 0;
  if (different === 0 && unknown.length > 0)
    return tCount(total, '{count}, not recorded for {versions}', '{count}, not recorded for {versions}', {
      versions: unknown.join(', '),
    });
  if (different === 0 && !isPartlyKnown) return tCount(total, '{count}, all the same', '{count}, all the same');
  const differ = tCount(different, '{count} of {total} differs', '{count} of {total} differ', {
    total: formatNumber(total),
  });
  const text = isPartlyKnown
    ? tCount(
        partlyKnown,
        '{text}, {count} not recorded for some versions',
        '{text}, {count} not recorded for some versions',
        {
          text: differ,
        },
      )
    : unknown.length > 0
      ? t('{text}, not recorded for {versions}', { text: differ, versions: unknown.join(', ') })
      : differ;
  return unseen === 0
    ? text
    : tCount(unseen, '{text} or more: {count} isn’t listed', '{text} or more: {count} aren’t listed', { text });
}

function groupRows(
  { title, note, rows: all }: RowGroup,
  name: string,
  options: TableOptions,
  page: PageContext,
): TemplateResult | typeof nothing {
  const { comparison, baseline } = options;
  const width = 1 + 2 * comparison.versions.length;
  const { rows, more } = shortened(page, name, all);
  if (rows.length === 0) return nothing;
  return html`${
    title === undefined
      ? nothing
      : html`<tr class="group-row"><th scope="rowgroup" colspan=${width}><span class="group-title"><span class="wrap">${title}</span>${note === undefined ? nothing : html` <span class="count">${note}</span>`}</span></th></tr>`
  }${rows.map((row) => {
    const isOpen = page.ui[`open.${row.key}`] === true;
    const cells: CellOptions = { comparison, baseline, isOpen };
    return html`<tr class=${row.isDifferent ? '' : 'same'}>
      ${rowHead(row, isOpen, comparison, page)}${row.kind === 'metric' ? metricCells(row, cells) : textCells(row, cells, page)}
    </tr>`;
  })}${more === nothing ? nothing : html`<tr><td colspan=${width}>${more}</td></tr>`}`;
}

function rowHead(row: SectionRow, isOpen: boolean, comparison: ComparisonPageData, page: PageContext): TemplateResult {
  const { label, kind, name, key } = row;
  const note = kind === 'metric' ? directionNote(name, comparison) : '';
  const text = rowText(row);
  const copied = page.justCopied === text;
  return html`<th scope="row"><span class="row-head"
    >${cutName(label, { title: note === '' ? label : `${label} (${note})`, lines: 'two-if-narrow' })}<span class="row-actions">${
      isLong(row)
        ? html`<button class="icon-button" aria-expanded=${String(isOpen)} aria-label=${t('All of {label}', { label })} title=${isOpen ? t('Less') : t('All of it')} @click=${() => page.setUi(`open.${key}`, !isOpen)}>${icon(isOpen ? 'fold-up' : 'fold-down')}</button>`
        : nothing
    }<button class="icon-button" aria-label=${t('Copy row {label}', { label })} title=${copied ? t('Copied') : t('Copy row')} @click=${() => page.copy(text, t('row {label}', { label }))}>${icon(copied ? 'check' : 'copy')}</button></span></span></th>`;
}
