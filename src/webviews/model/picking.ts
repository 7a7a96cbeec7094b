import { html, nothing, type TemplateResult } from 'lit';
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
    aria-label="Compare version ${number}"
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
      ? `Tick 2 to ${MOST_COMPARED} versions to compare them.`
      : `${numbers.map((number) => `@${number}`).join(', ')}`;
  return html`<div class="compare-bar">
    <vscode-button icon="diff" ?disabled=${numbers.length < 2} @click=${() => page.compare(numbers)}>Compare</vscode-button>
    <span class="muted" role="status">${hint}</span>
    ${numbers.length === 0 ? nothing : html`<button class="link" @click=${() => page.setUi('picked', '[]')}>Untick all</button>`}
  </div>`;
}
