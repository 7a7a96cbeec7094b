import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import type { ComparisonPageData } from '../extension/messages.ts';
import { baselineColumn } from './comparison/model.ts';
import { comparisonTable } from './comparison/table.ts';
import { tensorPanel } from './comparison/tensors.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { versionNumber } from './shared/version-name.ts';

/** Two to eight versions side by side. */
function comparisonView(comparison: ComparisonPageData, page: PageContext): TemplateResult {
  const { versions } = comparison;
  const models = new Set(versions.map(({ model }) => model));
  const baseline = baselineColumn(comparison, page.ui.baseline);
  const onlyDifferences = page.ui.onlyDifferences === true;
  const showsTensors = page.ui.view === 'tensors';
  return html`<div class="comparison-page">
    <header class="page-title">
      <h1><span class="ellipsis" title=${[...models].join(', ')}>Compare ${[...models].join(', ')}</span></h1>
      <div class="toolbar">
        <label
          >Differences to
          <select @change=${(event: Event) => page.setUi('baseline', chosen(event))}>
            ${versions.map(
              (version, column) => html`<option value=${version.id} ?selected=${column === baseline}>
                ${models.size > 1 ? version.model : ''}@${versionNumber(version)}, ${version.stage}
              </option>`,
            )}
          </select>
        </label>
        ${
          showsTensors
            ? nothing
            : html`<vscode-checkbox
                label="Show only differences"
                .checked=${onlyDifferences}
                @change=${() => page.setUi('onlyDifferences', !onlyDifferences)}
              ></vscode-checkbox>`
        }
        ${changesLink(comparison, baseline, page)}
        <span class="views" role="group" aria-label="What is compared">
          ${viewButton('Recorded', !showsTensors, () => page.setUi('view', 'recorded'))}
          ${viewButton('Tensors', showsTensors, () => page.setUi('view', 'tensors'))}
        </span>
      </div>
    </header>
    ${
      showsTensors
        ? tensorPanel(comparison, baseline, page)
        : comparisonTable({ comparison, baseline, onlyDifferences }, page)
    }
  </div>`;
}

/** Of two versions, what changed can be told in order. */
function changesLink(
  { versions }: ComparisonPageData,
  baseline: number,
  page: PageContext,
): TemplateResult | typeof nothing {
  const [before, after] = [versions[baseline], versions[1 - baseline]];
  if (versions.length !== 2 || !before || !after) return nothing;
  return html`<button class="link" @click=${() => page.openChanges(before.id, after.id)}>What changed?</button>`;
}

function viewButton(label: string, isShown: boolean, show: () => void): TemplateResult {
  return html`<button class="view" aria-pressed=${String(isShown)} @click=${show}>${label}</button>`;
}

function chosen(event: Event): string {
  return event.currentTarget instanceof HTMLSelectElement ? event.currentTarget.value : '';
}

runPage<'comparison'>(comparisonView);
