import { html, nothing, type TemplateResult } from 'lit';
import { t, tParts } from '../../base/language.ts';
import { formatMetric, headlineMetrics } from '../../base/metrics.ts';
import type { Baseline } from '../../extension/messages/page-data.ts';
import { cutName } from '../shared/cut-name.ts';
import { withMinus } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { changeOf } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { copyValue } from './copy-value.ts';
import { betterWhen, metricIn } from './metric-facts.ts';
import type { MeasuredVersion } from './metrics.ts';

const figureCount = 6;

/** The metrics that tell most, as figures, with their change against the version that it is measured against. */
export function headline(
  { version, baseline, declared }: MeasuredVersion,
  page: PageContext,
): TemplateResult | typeof nothing {
  const figures = headlineMetrics(version.metrics, figureCount, { declared });
  if (figures.length === 0) return nothing;
  return html`<section aria-label=${t('Headline metrics')}>
    <ul class="figures" .style=${`--figures: ${figures.length}`}>
      ${figures.map(({ name }) => {
        const value = version.metrics[name];
        const before = baseline === undefined ? undefined : metricIn(baseline.metrics, name);
        return html`<li class="figure">
          ${cutName(name, { title: `${name}${betterWhen(name, declared)}`, look: 'figure-name' })}
          <span class="figure-value">${value === undefined ? nothing : copyValue(page, name, value, withMinus(formatMetric(value)))}</span>
          ${
            baseline === undefined
              ? nothing
              : html`<span class="figure-change"
                  >${before === undefined ? html`<span class="change">${tParts('not in @{number}', { number: baseline.number })}</span>` : changeOf(name, value, before, declared)}</span
                >`
          }
        </li>`;
      })}
    </ul>
    ${baseline === undefined ? nothing : html`<p class="muted figures-note">${tParts('Changes are against {baseline}.', { baseline: baselineName(baseline) })}</p>`}
  </section>`;
}

function baselineName(baseline: Baseline): string {
  const { kind, versionId, stage = 'production', pending = false } = baseline;
  const number = versionNumber({ id: versionId, number: baseline.number, pending });
  if (kind === 'registered-before') return t('@{number}, registered before', { number });
  return kind === 'production'
    ? t('@{number}, in {stage} now', { number, stage })
    : t('@{number}, in production before', { number });
}
