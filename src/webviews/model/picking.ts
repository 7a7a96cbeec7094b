import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
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

/** Compares what was taken. */
export function compareBar({ picked }: Choices, page: ModelPage): TemplateResult {
  const numbers = picked.map(Number).filter(Number.isSafeInteger);
  const hint =
    numbers.length < 2
      ? t('Tick 2 to {most} versions to compare them.', { most: MOST_COMPARED })
      : `${numbers.map((number) => `@${number}`).join(', ')}`;
  return html`<div class="compare-bar">
    <vscode-button icon="diff" ?disabled=${numbers.length < 2} @click=${() => page.compare(numbers)}>${t('Compare')}</vscode-button>
    <span class="muted" role="status">${hint}</span>
    ${numbers.length === 0 ? nothing : html`<button class="link" @click=${() => page.setUi('picked', '[]')}>${t('Untick all')}</button>`}
  </div>`;
}
