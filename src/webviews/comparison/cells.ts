import { html, nothing, type TemplateResult } from 'lit';
import { bestOf, dataStanding, formatRelative, packageStanding } from '../../base/comparing.ts';
import { exactText } from '../../base/exponent.ts';
import { t } from '../../base/language.ts';
import { formatMetric, metricDirection } from '../../base/metrics.ts';
import type { MetricValue } from '../../extension/messages/core-types.ts';
import type { ComparisonPageData } from '../../extension/messages/page-data.ts';
import { alignDecimals, shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { changeOf, icon, none, notRecordedDash } from '../shared/parts.ts';
import { whereTheyDiffer } from '../shared/where-they-differ.ts';
import { directionText, word } from '../shared/word.ts';
import type { SectionRow } from './model.ts';

/** A longer text is shown in part until the person wants all of it. */
const LONG = 120;

export interface CellOptions {
  readonly comparison: ComparisonPageData;
  readonly baseline: number;
  readonly isOpen: boolean;
}

type Value = SectionRow['values'][number];

/** `higher is better`, where it is known. */
export function directionNote(name: string, { declared }: Pick<ComparisonPageData, 'declared'>): string {
  const direction = metricDirection(name, declared);
  return direction === 'neutral' ? '' : directionText(direction);
}

/** Values with the best marked, each beside its difference to the baseline. */
export function metricCells(row: SectionRow, { comparison, baseline }: CellOptions): TemplateResult {
  const { name, values, remarks, isKnown = [] } = row;
  const { declared } = comparison;
  const before = metricOf(values[baseline]);
  const texts = alignDecimals(values.map((value) => (value === null ? '' : formatMetric(value))));
  const best = bestOf(name, values, declared);
  return html`${values.map((value, column) => {
    const place = column === baseline ? 'baseline' : '';
    if (value === null) {
      const empty = isKnown[column] === false ? notRecordedDash() : none();
      return html`<td class="numeric ${place}">${empty}</td><td class="difference ${place}"></td>`;
    }
    const relative = before === undefined ? '' : formatRelative(value, before);
    return html`<td class="numeric ${place} ${best[column] ? 'best' : ''}" title=${exactText(value)}
        >${best[column] ? html`<span class="best-mark" title=${t('Best of the row')}>${icon('star-full')}<span class="only-read-aloud">${t('best:')} </span></span>` : nothing}${texts[column]}${
          remarks?.[column] === undefined
            ? nothing
            : html`<span class="remark ellipsis" title=${remarks[column]}>${remarks[column]}</span>`
        }</td
      ><td class="difference ${place}">${
        column === baseline
          ? nothing
          : html`${changeOf(name, metricOf(value), before, declared)}${relative === '' ? nothing : html` <span class="relative">${relative}</span>`}`
      }</td>`;
  })}`;
}

function metricOf(value: Value | undefined): MetricValue | undefined {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? value : undefined;
}

/** What became of a value of the baseline, in a word; nothing where it is the same or nobody knows. */
export function standingOf(row: SectionRow, column: number, { baseline }: CellOptions): string {
  const { isKnown = [] } = row;
  if (column === baseline || isKnown[column] === false || isKnown[baseline] === false) return '';
  const [before, after] = [row.values[baseline] ?? null, row.values[column] ?? null];
  const standing =
    row.kind === 'data'
      ? dataStanding(
          { isThere: before !== null, name: row.names?.[baseline] },
          { isThere: after !== null, name: row.names?.[column] },
        )
      : row.kind === 'package' || row.kind === 'file'
        ? packageStanding({ text: before, rank: row.ranks?.[baseline] }, { text: after, rank: row.ranks?.[column] })
        : before === after
          ? 'same'
          : 'differs';
  return standing === 'same' ? '' : standing === 'unknown' ? t('can’t be told') : word(standing);
}

/** What isn't known of a version is said, and differs from nothing. */
export function textCells(row: SectionRow, options: CellOptions, page: PageContext): TemplateResult {
  const { comparison, baseline, isOpen } = options;
  const { isKnown = [] } = row;
  const shown = shortTexts(row);
  return html`${row.values.map((value, column) => {
    const standing = standingOf(row, column, options);
    const place = column === baseline ? 'baseline' : standing === '' ? '' : 'differs';
    const isUnknown = isKnown[column] === false;
    // The editor opens what it can compare itself.
    const open = standing === '' ? nothing : openButton(row, column, comparison, baseline, page);
    return html`<td colspan="2" class=${place}>
      <span class="value"
        >${standing === '' ? nothing : html`<span class="mark" aria-hidden="true" title=${t('Differs from the baseline')}>≠</span><span class="only-read-aloud">${t('differs:')} </span>`}${
          isUnknown
            ? html`<span class="muted">${t('not recorded')}</span>`
            : valueText(row, value, shown[column] ?? null, isOpen)
        }</span
      >${standing === '' || standing === word('differs') ? nothing : html`<span class="standing">${standing}</span>`}${open}
    </td>`;
  })}`;
}

/** What is shown of long texts that differ has what differs in it. */
function shortTexts({ values, isDifferent }: SectionRow): readonly (string | null)[] {
  const texts = values.map((value) => (value === null ? null : String(value)));
  return isDifferent ? whereTheyDiffer(texts) : texts;
}

function valueText({ name }: SectionRow, value: Value, shown: string | null, isOpen: boolean): TemplateResult {
  if (value === null) return none();
  const text = String(value);
  if (name === 'code commit') return html`<code title=${text}>${shortDigest(text)}</code>`;
  if (isOpen) return html`<span class="whole">${indented(text)}</span>`;
  return html`<span class="clamp" title=${text.length > LONG ? '' : text}>${shown}</span>`;
}

/** Whether there is more of a row than fits. */
export function isLong({ kind, values }: SectionRow): boolean {
  return (
    kind !== 'metric' &&
    values.some((value) => typeof value === 'string' && (value.length > LONG || value.includes('\n')))
  );
}

/** Nested values are JSON in one line: with a line for each entry they can be read. */
function indented(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    // It only looks like JSON.
    return text;
  }
}

function openButton(
  { kind, name, values }: SectionRow,
  column: number,
  { versions }: ComparisonPageData,
  baseline: number,
  page: PageContext,
): TemplateResult | typeof nothing {
  const [before, after] = [versions[baseline], versions[column]];
  if (!before || !after) return nothing;
  if (kind === 'code' && name === 'code commit' && values[baseline] !== null && values[column] !== null)
    return html`<span class="cell-actions"
      ><button class="link" @click=${() => page.openFileChanges([before.id, after.id])}>${t('Show diff')}</button>
      <button class="link" @click=${() => page.openChanges(before.id, after.id)}>${t('What changed?')}</button></span
    >`;
  if (kind !== 'file' || values[column] === null) return nothing;
  const open = () =>
    page.openFile({ path: name, versionId: after.id, ...(values[baseline] === null ? {} : { before: before.id }) });
  return html`<span class="cell-actions"
    ><button class="link" aria-label=${values[baseline] === null ? t('Open {path}', { path: name }) : t('Show diff of {path}', { path: name })} @click=${open}>${values[baseline] === null ? t('Open') : t('Show diff')}</button></span
  >`;
}
