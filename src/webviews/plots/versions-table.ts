import { html, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { cutName } from '../shared/cut-name.ts';
import { alignDecimals } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { emptyState, icon, none, section, shortened, stageBadge, versionLink } from '../shared/parts.ts';
import type { Plots } from './looked-at.ts';
import { type SortedHead, sortedRows, sortHead, tableTitle } from './sorting.ts';
import { shortName, valueText } from './values.ts';

const MOST_COMPARED = 8;

/** The versions that pass the filters, in order of a column, with a box before each by which it is taken to be compared. */
export function versionsTable(plots: Plots, page: PageContext): TemplateResult {
  const { data, choices, columns } = plots;
  const { versions, model } = data.columns;
  const sorted = sortedRows(plots);
  const { rows, more } = shortened(page, 'versions', sorted);
  const axes = choices.axes.toReversed();
  const texts = axes.map((column) => {
    const own = rows.map((index) => valueText(column, index));
    return column.texts ? own : alignDecimals(own);
  });
  const heads: readonly SortedHead[] = [
    { key: 'version', name: t('Version'), isNumeric: false },
    { key: 'stage', name: t('Stage'), isNumeric: false },
    ...axes.map(({ key, name, texts: own }) => ({ key, name, isNumeric: own === undefined })),
  ];
  const copied = () =>
    [
      ['version', 'stage', ...axes.map(({ name }) => name)],
      ...sorted.map((index) => [
        `${model}${shortName(versions[index] ?? { id: '', number: 0, stage: '', pending: false })}`,
        versions[index]?.stage ?? '',
        ...axes.map((column) => valueText(column, index)),
      ]),
    ]
      .map((row) => row.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t'))
      .join('\n')
      .slice(0, 1_900_000);
  const actions =
    sorted.length === 0
      ? undefined
      : html`<button class="link" @click=${() => page.copy(copied(), t('the table'))}>${icon('copy')}${t('Copy the table')}</button>`;
  return section(
    { id: 'versions', title: tableTitle(plots), count: sorted.length, ...(actions ? { actions } : {}) },
    sorted.length === 0
      ? emptyState(t('No version passes the filters.'))
      : html`${versions.length < 2 ? '' : compareBar(plots, page)}
        <div class="scroll-x"><table class="narrow selected-versions">
          <thead>
            <tr>
              <td></td>
              ${heads.map((head) => sortHead(head, plots, page))}
            </tr>
          </thead>
          <tbody>
            ${rows.map((index, row) => {
              const version = versions[index];
              if (!version) return '';
              return html`<tr>
                <td>${pickBox(version.id, shortName(version), plots, page)}</td>
                <th scope="row">${versionLink(page, version.id, shortName(version))}</th>
                <td>${stageBadge(version.stage)}</td>
                ${axes.map((column, place) => {
                  const text = texts[place]?.[row] ?? '';
                  const look = `${column.texts ? '' : 'numeric'} ${column === columns.metric ? 'best' : ''}`;
                  return html`<td class=${look}>${text === '' ? none() : column.texts ? cutName(text) : html`<span class="ellipsis" title=${text}>${text}</span>`}</td>`;
                })}
              </tr>`;
            })}
          </tbody>
        </table></div>
        ${more}`,
  );
}

function pickBox(id: string, name: string, { choices: { picked } }: Plots, page: PageContext): TemplateResult {
  const isPicked = picked.includes(id);
  return html`<input
    type="checkbox"
    aria-label=${t('Compare {name}', { name })}
    .checked=${isPicked}
    ?disabled=${!isPicked && picked.length >= MOST_COMPARED}
    @change=${() => page.setUi('picked', JSON.stringify(isPicked ? picked.filter((entry) => entry !== id) : [...picked, id]))}
  />`;
}

function compareBar({ data, choices, order, isPassing }: Plots, page: PageContext): TemplateResult {
  const { versions } = data.columns;
  const picked = choices.picked.filter((id) => versions.some((version) => version.id === id));
  const names = picked.flatMap((id) => versions.filter((version) => version.id === id).map(shortName));
  const best = order
    .filter((index) => isPassing[index])
    .toReversed()
    .slice(0, MOST_COMPARED)
    .flatMap((index) => versions[index]?.id ?? []);
  return html`<div class="compare-bar">
    <vscode-button ?disabled=${picked.length < 2} @click=${() => page.openComparison(picked.slice(0, MOST_COMPARED))}>${icon('diff')} ${t('Compare')}</vscode-button>
    <span class="muted" role="status">${picked.length < 2 ? t('Tick 2 to {most} versions to compare them.', { most: MOST_COMPARED }) : names.join(', ')}</span>
    ${picked.length === 0 ? '' : html`<button class="link" @click=${() => page.setUi('picked', '[]')}>${t('Untick all')}</button>`}
    ${best.length < 2 ? '' : html`<button class="link" @click=${() => page.openComparison(best)}>${t('Compare the best {count}', { count: best.length })}</button>`}
  </div>`;
}
