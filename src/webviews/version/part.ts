import { html, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';

/** A named part of a section. */
export function part(title: string, content: TemplateResult): TemplateResult {
  return html`<div class="part">
    <h3>${title}</h3>
    <div>${content}</div>
  </div>`;
}

export const notRecorded = (): TemplateResult => html`<span class="muted">${t('Not recorded')}</span>`;
