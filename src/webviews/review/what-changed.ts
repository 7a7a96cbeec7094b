import { html, nothing, type TemplateResult } from 'lit';
import { changesSummary } from '../../base/changes-summary.ts';
import type { ChangesPageData } from '../../extension/messages.ts';
import type { ReviewPageData } from '../../extension/messages-review.ts';
import type { LaterCode } from '../changes/code.ts';
import type { PageContext } from '../shared/page.ts';
import { icon, section } from '../shared/parts.ts';

/** git may have to walk through a long history. */
const patienceMs = 60_000;

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
  const open = html`<button class="link" @click=${() => page.openChanges(other.version.id, version.id)}>${icon('git-compare')} Everything that changed</button>`;
  return section(
    { id: 'changes', title: 'What changed', actions: open },
    html`<ul class="changes-list">${lines.map((text) => html`<li class="wrap">${text}</li>`)}</ul>
      ${code.state === 'failed' ? html`<p class="warning">${icon('warning')} <span class="wrap">${code.message}</span></p>` : nothing}`,
  );
}

function laterCode({ code, after, before }: ChangesPageData, page: PageContext): LaterCode {
  if (!code.before || !code.after || code.before.commit === code.after.commit) return { state: 'ready', data: {} };
  return page.later('code', () => page.read('codeBetween', {}, { timeoutMs: patienceMs }), `${before.id} ${after.id}`);
}
