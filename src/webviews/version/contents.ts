import { html, type nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import { jumpTo } from '../shared/jump.ts';
import type { PageContext } from '../shared/page.ts';

export interface Content {
  readonly id: string;
  readonly title: string;
}

/** Links to the sections of a long page. A folded one opens. */
export function contentsOf(sections: readonly Content[], page: PageContext): TemplateResult | typeof nothing {
  return html`<nav class="contents" aria-label=${t('On this page')}>
    ${sections.map(
      ({ id, title }) => html`<a href="#${id}" @click=${(event: Event) => go(event, id, page)}>${title}</a>`,
    )}
  </nav>`;
}

function go(event: Event, id: string, page: PageContext): void {
  if (page.ui[`fold.${id}`] === true) page.setUi(`fold.${id}`, false);
  jumpTo(event, id);
}
