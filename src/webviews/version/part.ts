import { html, type TemplateResult } from 'lit';

/** A named part of a section. */
export function part(title: string, content: TemplateResult): TemplateResult {
  return html`<div class="part">
    <h3>${title}</h3>
    <div>${content}</div>
  </div>`;
}

export const notRecorded = html`<span class="muted">Not recorded</span>`;
