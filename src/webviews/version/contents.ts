import { html, type nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { t } from '../../base/language.ts';
import { jumpTo } from '../shared/jump.ts';
import type { PageContext } from '../shared/page.ts';

export interface Content {
  readonly id: string;
  readonly title: string;
}

/** Links to the sections of a long page. A folded one opens. */
export function contentsOf(sections: readonly Content[], page: PageContext): TemplateResult | typeof nothing {
  return html`<nav class="contents" ${ref(tellHeight)} aria-label=${t('On this page')}>
    ${sections.map(
      ({ id, title }) => html`<a href="#${id}" @click=${(event: Event) => go(event, id, page)}>${title}</a>`,
    )}
  </nav>`;
}

let heights: ResizeObserver | undefined;

/** They stay at the top, in as many rows as they need: what the keyboard or a link leads to has to stand below all of these. */
function tellHeight(links: Element | undefined): void {
  heights ??= new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const { height } = target.getBoundingClientRect();
      document.documentElement.style.setProperty('--contents-height', `${height}px`);
    }
  });
  heights.disconnect();
  if (links) heights.observe(links);
}

function go(event: Event, id: string, page: PageContext): void {
  if (page.ui[`fold.${id}`] === true) page.setUi(`fold.${id}`, false);
  jumpTo(event, id);
}
