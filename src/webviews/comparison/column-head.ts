import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { t } from '../../base/language.ts';
import type { VersionSummary } from '../../extension/messages/core-types.ts';
import type { PageContext } from '../shared/page.ts';
import { icon, stageBadge, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';

/** The button that has the keyboard keeps it while its column moves. */
let moved: { readonly id: string; readonly by: number } | undefined;

/** The name of a column's version, and what can be done with the column. */
export function columnHead(
  versions: readonly VersionSummary[],
  column: number,
  baseline: number,
  page: PageContext,
): TemplateResult | typeof nothing {
  const version = versions[column];
  if (!version) return nothing;
  const name = `${version.model}@${versionNumber(version)}`;
  const isBaseline = column === baseline;
  const ids = versions.map(({ id }) => id);
  const move = (by: number) => {
    moved = { id: version.id, by };
    page.arrangeComparison(ids.toSpliced(column, 1).toSpliced(column + by, 0, version.id));
  };
  const mover = (by: -1 | 1, symbol: string, isOff: boolean) => {
    const refocus = (element: Element | undefined) => {
      if (!(element instanceof HTMLButtonElement) || moved?.id !== version.id || moved.by !== by) return;
      if (!element.disabled) element.focus();
    };
    return html`<button class="icon-button" aria-label=${by < 0 ? t('Move {name} left', { name }) : t('Move {name} right', { name })} title=${by < 0 ? t('Move to the left') : t('Move to the right')} ?disabled=${isOff} @click=${() => move(by)} @blur=${forget} ${ref(refocus)}>${icon(symbol)}</button>`;
  };
  const others = versions[baseline];
  return html`<th scope="col" colspan="2" class=${isBaseline ? 'baseline' : ''}>
    <div class="column-head">
      ${versionLink(page, version.id, name)}
      <div class="facts">
        ${stageBadge(version.stage)}
        ${isBaseline ? html`<span class="muted">${t('baseline')}</span>` : html`<button class="link" aria-label=${t('Make baseline: {name}', { name })} @click=${() => page.setUi('baseline', version.id)}>${t('Make baseline')}</button>`}
      </div>
      <div class="column-actions">
        ${mover(-1, 'arrow-left', column === 0)} ${mover(1, 'arrow-right', column === versions.length - 1)}
        ${
          isBaseline || !others
            ? nothing
            : html`<button class="icon-button" aria-label=${t('What changed in {name}?', { name })} title=${t('What changed from the baseline?')} @click=${() => page.openChanges(others.id, version.id)}>${icon('git-compare')}</button>`
        }
        <button ${page.writes} class="icon-button" aria-label=${t('Promote {name}…', { name })} title=${t('Promote…')} @click=${() => page.act('promote', version.id)}>${icon('rocket')}</button>
        ${
          versions.length <= 2
            ? nothing
            : html`<button class="icon-button" aria-label=${t('Take {name} out', { name })} title=${t('Take out of the comparison')} @click=${() => page.arrangeComparison(ids.filter((id) => id !== version.id))}>${icon('close')}</button>`
        }
      </div>
    </div>
  </th>`;
}

function forget(): void {
  moved = undefined;
}
