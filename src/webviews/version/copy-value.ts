import { html, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { MetricValue } from '../../extension/messages/core-types.ts';
import type { PageContext } from '../shared/page.ts';

/** The value of a metric, which a click copies in all its digits. */
export function copyValue(page: PageContext, name: string, value: MetricValue, shown: string): TemplateResult {
  const whole = String(value);
  return html`<button
    class="copy-value"
    title=${t('{value}: click to copy', { value: whole })}
    aria-label=${t('{value}, copy {metric}', { value: shown.trim(), metric: name })}
    @click=${() => page.copy(whole, name)}
  >${shown}</button>`;
}
