import { html, nothing, type TemplateResult } from 'lit';
import { changesSummary } from '../../base/changes-summary.ts';
import { t } from '../../base/language.ts';
import type { ReviewPageData } from '../../extension/messages/review.ts';
import { laterCode } from '../changes/code.ts';
import type { PageContext } from '../shared/page.ts';
import { coded, icon, section } from '../shared/parts.ts';

/** What changed in code, data and packages, in a few lines; metrics stand above. */
export function whatChanged(
  { changes, other, version }: ReviewPageData,
  page: PageContext,
): TemplateResult | typeof nothing {
  if (!changes || !other) return nothing;
  const code = laterCode(changes, page);
  const between = code.state === 'ready' ? code.data.between : undefined;
  const lines = changesSummary(
    { ...changes, before: { metrics: {} }, after: { metrics: {} } },
    between,
    changes.declared,
  );
  const open = html`<button class="link" @click=${() => page.openChanges(other.version.id, version.id)}>${icon('git-compare')} ${t('Everything that changed')}</button>`;
  return section(
    { id: 'changes', title: t('What changed'), actions: open },
    html`<ul class="changes-list">${lines.map((text) => html`<li class="wrap">${text}</li>`)}</ul>
      ${code.state === 'failed' ? html`<p class="warning">${icon('warning')} <span class="wrap">${coded(code.message)}</span></p>` : nothing}`,
  );
}
