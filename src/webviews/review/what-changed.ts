import { html, nothing, type TemplateResult } from 'lit';
import { changesSummary } from '../../base/changes-summary.ts';
import { t } from '../../base/language.ts';
import type { ReviewPageData } from '../../extension/messages/review.ts';
import { laterCode } from '../changes/code.ts';
import type { LaterGates } from '../review.ts';
import type { Later, PageContext } from '../shared/page.ts';
import { failedLine, icon, section } from '../shared/parts.ts';

/** What changed in code, data and packages, in a few lines; metrics stand above. */
export function whatChanged(
  { changes, other, version }: ReviewPageData,
  gates: LaterGates,
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
  const open = html`<button class="link" @click=${() => page.openChanges(other.version.id, version.id)}>${icon('git-compare')}${t('Everything that changed')}</button>`;
  return section(
    { id: 'changes', title: t('What changed'), actions: open },
    html`<ul class="changes-list">${lines.map((text) => html`<li class="wrap">${text}</li>`)}</ul>
      ${code.state === 'failed' ? notFromGit(code, gates) : nothing}`,
  );
}

/** What keeps gates from being evaluated is said once. */
function notFromGit(code: Extract<Later<unknown>, { state: 'failed' }>, gates: LaterGates): TemplateResult {
  const isSaid = gates.state === 'failed' && gates.message === code.message;
  return failedLine(isSaid ? { ...code, message: t('The commits can’t be listed: the gates say why.') } : code);
}
