import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t } from '../../base/language.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { icon } from '../shared/parts.ts';
import type { Choices } from './choices.ts';
import type { ModelPage } from './model-page.ts';

const MOST_COMPARED = 8;

/** The box before a version, by which it is taken to be compared. */
export function pickBox(number: number, { picked }: Choices, page: ModelPage): TemplateResult {
  const isPicked = picked.includes(String(number));
  const toggle = () => {
    const others = picked.filter((entry) => entry !== String(number));
    page.setUi('picked', JSON.stringify(isPicked ? others : [...others, String(number)]));
  };
  return html`<input
    type="checkbox"
    aria-label=${t('Compare version {number}', { number })}
    .checked=${isPicked}
    ?disabled=${!isPicked && picked.length >= MOST_COMPARED}
    @change=${toggle}
  />`;
}

/** Compares what was taken; as long as nothing is, the first of what is `offered`, which has `total` versions. */
export function compareBar(
  { picked }: Choices,
  page: ModelPage,
  offered: { readonly ids: readonly string[]; readonly total: number } = { ids: [], total: 0 },
): TemplateResult {
  const numbers = picked.map(Number).filter(Number.isSafeInteger);
  const ids = offered.ids.slice(0, MOST_COMPARED);
  const isOffered = numbers.length === 0 && ids.length > 1;
  const hint =
    numbers.length < 2
      ? isOffered
        ? t('Or tick those that you want to compare.')
        : t('Tick 2 to {most} versions to compare them.', { most: MOST_COMPARED })
      : `${numbers.map((number) => `@${number}`).join(', ')}`;
  return html`<div class="compare-bar">
    <vscode-button
      ?disabled=${numbers.length < 2 && !isOffered}
      @click=${() => (isOffered ? page.openComparison(ids) : page.compare(numbers))}
      >${icon('diff')} ${isOffered ? offerText(ids.length, offered.total) : t('Compare')}</vscode-button
    >
    <span class="muted" role="status">${hint}</span>
    ${numbers.length === 0 ? nothing : html`<button class="link" @click=${() => page.setUi('picked', '[]')}>${t('Untick all')}</button>`}
  </div>`;
}

function offerText(count: number, total: number): string {
  return count < total
    ? t('Compare the best {count}', { count: formatNumber(count) })
    : t('Compare all {count}', { count: formatNumber(count) });
}
