import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import { formatMetric } from '../../base/metrics.ts';
import type { ModelPageData } from '../../extension/messages/page-data.ts';
import { alignDecimals, formatTime, metricText } from '../shared/format.ts';
import { shortened, stageBadge } from '../shared/parts.ts';
import type { Choices } from './choices.ts';
import type { Drawing } from './drawing.ts';
import type { ModelPage } from './model-page.ts';
import { compareBar, pickBox } from './picking.ts';

/** The points of the plot as rows, the newest version first: what the picture says, for ears and keyboards. */
export function plotTable(
  { plot, metric, across, bands }: Drawing,
  { model }: ModelPageData,
  choices: Choices,
  page: ModelPage,
): TemplateResult {
  const newestFirst = plot.points.toSorted((a, b) => b[2] - a[2]);
  const { rows, more } = shortened(page, 'plot', newestFirst);
  const texts = alignDecimals(rows.map(([, upright]) => formatMetric(upright)));
  const heldBy = new Set(bands.map(({ tenure }) => tenure.number));
  const textAcross = (value: number) => {
    if (across.kind === 'time') return formatTime(new Date(value).toISOString());
    return plot.texts ? (plot.texts[value] ?? '') : metricText(value);
  };
  return html`<div class="plot-table" role="region" aria-label=${t('The chart as a table')}>
    ${compareBar(choices, page)}
    <div class="scroll-x"><table class="narrow selected-versions">
      <thead>
        <tr>
          <td></td>
          <th scope="col">${t('Version')}</th><th scope="col">${t('Stage')}</th><th scope="col" class="numeric">${metric}</th>
          ${across.kind === 'number' ? nothing : html`<th scope="col">${'name' in across ? across.name : t('Registered')}</th>`}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([value, , number, stage], index) => html`<tr>
            <td>${pickBox(number, choices, page)}</td>
            <th scope="row"><button class="link" title=${t('Open {name}@{number}', { name: model.name, number })} @click=${() => page.openNumber(number)}>@${number}</button></th>
            <td>${stageBadge(plot.stages[stage] ?? '')}${heldBy.has(number) && plot.stages[stage] !== 'production' ? html` <span class="muted">${t('was in production')}</span>` : nothing}</td>
            <td class="numeric">${texts[index]}</td>
            ${across.kind === 'number' ? nothing : html`<td>${textAcross(value)}</td>`}
          </tr>`,
        )}
      </tbody>
    </table></div>
    ${more}
  </div>`;
}
