import { html, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { PageContext } from '../shared/page.ts';
import { icon } from '../shared/parts.ts';

/** A table as Markdown has it; nothing in a cell ends it. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cellText(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(/[\\|<`]/g, (mark) => `\\${mark}`);
}

/** Copies a table as Markdown. `text` makes it when it is asked for. */
export function copyTable(page: PageContext, text: () => string): TemplateResult {
  return html`<button class="link" @click=${() => page.copy(text(), t('the table'))}>${icon('markdown')}${t('Copy as Markdown')}</button>`;
}
