import { html, nothing, type TemplateResult } from 'lit';
import { t, tParts } from '../base/language.ts';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { ComparisonPageData } from '../extension/messages/page-data.ts';
import { choiceWithStage } from './comparison/choice-text.ts';
import { curvesPanel } from './comparison/curves.ts';
import { csvOf, markdownOf } from './comparison/export.ts';
import { gatesBody } from './comparison/gates.ts';
import { baselineColumn } from './comparison/model.ts';
import { type ShownSection, shownSections } from './comparison/shown.ts';
import { comparisonTable } from './comparison/table.ts';
import { tensorPanel } from './comparison/tensors.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { emptyState, icon } from './shared/parts.ts';

const MOST_COMPARED = 8;

const views = ['recorded', 'curves', 'tensors'] as const;
type View = (typeof views)[number];
const viewNames = (): Readonly<Record<View, string>> => ({
  recorded: t('Recorded'),
  curves: t('Curves'),
  tensors: t('Tensors'),
});

/** Two to eight versions side by side. */
function comparisonView(comparison: ComparisonPageData, page: PageContext): TemplateResult {
  const { versions } = comparison;
  page.savePage({ versionIds: versions.map(({ id }) => id) });
  const baseline = baselineColumn(comparison, page.ui.baseline);
  const words = typeof page.ui.words === 'string' ? page.ui.words : '';
  const onlyDifferences = page.ui.onlyDifferences === true;
  const sections = shownSections(comparison, { words, onlyDifferences, ui: page.ui });
  const view = views.find((name) => name === page.ui.view) ?? 'recorded';
  return html`<div class="comparison-page">
    ${header(comparison, { baseline, view, words, onlyDifferences, sections }, page)}
    ${body(comparison, { baseline, view, words, onlyDifferences, sections }, page)}
  </div>`;
}

interface Chosen {
  readonly baseline: number;
  readonly view: View;
  readonly words: string;
  readonly onlyDifferences: boolean;
  readonly sections: readonly ShownSection[];
}

function header(comparison: ComparisonPageData, chosen: Chosen, page: PageContext): TemplateResult {
  const { versions } = comparison;
  const { baseline, view } = chosen;
  const names = [...new Set(versions.map(({ model }) => model))].join(', ');
  return html`<header class="page-title">
    <h1><span class="ellipsis" title=${names}>${tParts('Compare {names}', { names })}</span></h1>
    <div class="toolbar">
      <span class="views" role="group" aria-label=${t('What is compared')}>
        ${views.map((name) => html`<button class="view" aria-pressed=${String(name === view)} @click=${() => page.setUi('view', name)}>${viewNames()[name]}</button>`)}
      </span>
      ${baselineChoice(comparison, baseline, page)}
      ${view === 'recorded' ? rowChoices(chosen, page) : nothing}
      ${
        versions.length < MOST_COMPARED
          ? html`<button class="link" @click=${() => page.chooseCompared()}>${icon('add')}${t('Add version…')}</button>`
          : html`<button class="link" @click=${() => page.chooseCompared()}>${icon('edit')}${t('Change versions…')}</button>`
      }
      ${changesLink(comparison, baseline, page)} ${copies(comparison, chosen, page)}
    </div>
  </header>`;
}

function baselineChoice({ versions }: ComparisonPageData, baseline: number, page: PageContext): TemplateResult {
  const models = new Set(versions.map(({ model }) => model));
  return html`<label
    >${t('Differences to')}
    <select @change=${(event: Event) => page.setUi('baseline', chosen(event))}>
      ${versions.map(
        (version, column) => html`<option value=${version.id} .selected=${column === baseline}>
          ${choiceWithStage(version, models.size > 1)}
        </option>`,
      )}
    </select>
  </label>`;
}

function rowChoices({ words, onlyDifferences }: Chosen, page: PageContext): TemplateResult {
  return html`<vscode-textfield
      class="filter row-filter"
      type="search"
      placeholder=${t('Filter rows')}
      .label=${t('Filter rows')}
      .value=${words}
      @input=${(event: Event) => page.setUi('words', textIn(event))}
    ></vscode-textfield>
    <vscode-checkbox
      label=${t('Show only differences')}
      .checked=${onlyDifferences}
      @change=${() => page.setUi('onlyDifferences', !onlyDifferences)}
    ></vscode-checkbox>`;
}

/** Of two versions, what changed can be told in order. */
function changesLink(
  { versions }: ComparisonPageData,
  baseline: number,
  page: PageContext,
): TemplateResult | typeof nothing {
  const [before, after] = [versions[baseline], versions[1 - baseline]];
  if (versions.length !== 2 || !before || !after) return nothing;
  return html`<button class="link" @click=${() => page.openChanges(before.id, after.id)}>${t('What changed?')}</button>`;
}

function copies(
  { versions }: ComparisonPageData,
  { sections, baseline, view }: Chosen,
  page: PageContext,
): TemplateResult {
  const shown = { versions, sections, baseline };
  // Tables are copied where they are seen.
  if (view !== 'recorded')
    return html`<button class="link" @click=${() => page.copyComparisonLink()}>${t('Copy link')}</button>`;
  return html`<span class="copies" role="group" aria-label=${t('Copy the comparison')}
    ><span class="muted" aria-hidden="true">${t('Copy as')}</span>
    <button class="link" aria-label=${t('Copy as Markdown')} @click=${() => page.copy(markdownOf(shown), t('the comparison as Markdown'))}>${t('Markdown')}</button>
    <button class="link" aria-label=${t('Copy as CSV')} @click=${() => page.copy(csvOf(shown), t('the comparison as CSV'))}>${t('CSV')}</button>
    <button class="link" aria-label=${t('Copy a link to it')} @click=${() => page.copyComparisonLink()}>${t('link')}</button></span
  >`;
}

function body(comparison: ComparisonPageData, chosen: Chosen, page: PageContext): TemplateResult {
  const { baseline, view, sections, words, onlyDifferences } = chosen;
  if (view === 'curves') return curvesPanel(comparison, page);
  if (view === 'tensors') return tensorPanel(comparison, baseline, page);
  const last = words === '' && !onlyDifferences ? gatesBody(comparison, page) : nothing;
  return html`<div class="compared">
    ${
      words !== '' && sections.length === 0
        ? emptyState(t('Nothing matches “{words}”.', { words }))
        : onlyDifferences && sections.every(({ different }) => different === 0)
          ? emptyState(t('Nothing that was recorded differs.'))
          : nothing
    }
    ${comparisonTable({ comparison, baseline, sections, last }, page)}
  </div>`;
}

function chosen(event: Event): string {
  return event.currentTarget instanceof HTMLSelectElement ? event.currentTarget.value : '';
}

function textIn({ target }: Event): string {
  return target !== null && 'value' in target && typeof target.value === 'string' ? target.value : '';
}

runPage<'comparison'>(comparisonView);
