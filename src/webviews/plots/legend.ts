import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { metricDirection } from '../../base/metrics.ts';
import { shapeKey } from '../model/shapes.ts';
import { FAINTEST_POINT, faintestLine, tintSteps } from '../model/tints.ts';
import { metricText } from '../shared/format.ts';
import type { PlotColumn } from './axes.ts';
import type { Plots } from './looked-at.ts';
import { countWithout, drawnStages } from './scatter.ts';
import { associationText } from './values.ts';

/** What the colours and shapes say, and what can be done. */
export function legend(plots: Plots): TemplateResult {
  const { columns, choices } = plots;
  const isScatter = choices.view === 'scatter';
  const without = isScatter ? countWithout(plots) : 0;
  return html`<div class="plot-legend">
    ${columns.metric ? tintKey(columns.metric, isScatter ? FAINTEST_POINT : faintestLine(plots.order.length), plots) : nothing}
    ${isScatter ? drawnStages(plots).map(({ stage, count }) => html`<span class="plain-shape">${shapeKey(stage)} ${stage} <span class="count">${formatNumber(count)}</span></span>`) : nothing}
    ${without === 0 ? nothing : html`<span class="muted">${tCount(without, '{count} version without a value', '{count} versions without a value')}</span>`}
    ${isScatter ? nothing : associationKey(plots)}
    <span class="muted"
      >${isScatter ? t('Drag over a part to keep the versions in it. A click opens a version.') : t('Drag along an axis to keep the versions in it, click there to clear it. A click on a line opens its version.')}</span
    >
  </div>`;
}

/** What the numbers below the names of axes are. */
function associationKey({ choices, columns }: Plots): TemplateResult | typeof nothing {
  const told = choices.axes.filter((column) => associationText(column) !== '');
  if (!columns.metric || told.length === 0) return nothing;
  const letters = [
    ...(told.some(({ texts }) => !texts) ? [t('ρ: rank correlation with the metric')] : []),
    ...(told.some(({ texts }) => texts) ? [t('η: correlation ratio with the metric, for texts, without a sign')] : []),
  ];
  return html`${letters.map((letter) => html`<span class="muted">${letter}</span>`)}`;
}

/** The colours that are painted, as style sheets have them. */
function tintKey(metric: PlotColumn, faintest: number, { data }: Plots): TemplateResult {
  const isLower = metricDirection(metric.name, data.declared) === 'lower';
  const [worst, best] = isLower ? [metric.greatest, metric.least] : [metric.least, metric.greatest];
  const tints = tintSteps({ best: 'var(--strong)', muted: 'var(--muted)' }, faintest);
  return html`<span class="tint-key"
    >${metricText(worst)}<span class="tint-scale" aria-hidden="true" .style=${`background: linear-gradient(to right, ${tints.join(', ')})`}></span>${metricText(best)} <span class="muted wrap">${metric.name}</span></span
  >`;
}
