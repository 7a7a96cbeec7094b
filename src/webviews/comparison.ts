import { html, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import type { ComparisonPageData } from '../extension/messages.ts';
import { baselineColumn } from './comparison/model.ts';
import { comparisonTable } from './comparison/table.ts';
import { type PageContext, runPage } from './shared/page.ts';
import { versionNumber } from './shared/version-name.ts';

/** Two to eight versions side by side. */
function comparisonView(comparison: ComparisonPageData, page: PageContext): TemplateResult {
  const { versions } = comparison;
  const models = new Set(versions.map(({ model }) => model));
  const baseline = baselineColumn(comparison, page.ui.baseline);
  const onlyDifferences = page.ui.onlyDifferences === true;
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
        <vscode-checkbox
          label="Show only differences"
          .checked=${onlyDifferences}
          @change=${() => page.setUi('onlyDifferences', !onlyDifferences)}
        ></vscode-checkbox>
      </div>
    </header>
    ${comparisonTable({ comparison, baseline, onlyDifferences }, page)}
  </div>`;
}

function chosen(event: Event): string {
  return event.currentTarget instanceof HTMLSelectElement ? event.currentTarget.value : '';
}

runPage<'comparison'>(comparisonView);
