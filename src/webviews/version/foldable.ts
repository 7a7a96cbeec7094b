import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t } from '../../base/language.ts';
import type { PageContext } from '../shared/page.ts';
import { icon, type SectionOptions } from '../shared/parts.ts';

/** A section that the person can fold away. Whether it is folded is kept with what else they set on the page. */
export function foldable(
  { id, title, count, actions }: SectionOptions,
  content: TemplateResult | readonly TemplateResult[],
  page: PageContext,
): TemplateResult {
  const isFolded = page.ui[`fold.${id}`] === true;
  return html`<section id=${id} class="foldable" aria-labelledby="${id}-title">
    <header class="section-title">
      <h2 id="${id}-title">
        <button
          class="fold"
          aria-expanded=${String(!isFolded)}
          title="${isFolded ? t('Show') : t('Fold')} ${title}"
          @click=${() => page.setUi(`fold.${id}`, !isFolded)}
        >
          ${icon(isFolded ? 'chevron-right' : 'chevron-down')}<span>${title}</span>${count === undefined ? nothing : html` <span class="count">${formatNumber(count)}</span>`}
        </button>
      </h2>
      ${isFolded ? nothing : (actions ?? nothing)}
    </header>
    ${isFolded ? nothing : content}
  </section>`;
}
