import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { ReviewApproval, ReviewPageData } from '../../extension/messages/review.ts';
import { formatTime } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, emptyState, icon, section, timeOf } from '../shared/parts.ts';
import { decide } from './decision.ts';

/** Who approved it for the stage, or refused it, and whether that counts. */
export function approvalsSection({ approvals, stage }: ReviewPageData): TemplateResult {
  if (approvals.length === 0)
    return section(
      { id: 'approvals', title: t('Approvals') },
      emptyState(t('Nobody has approved or refused it for {stage} yet.', { stage })),
    );
  return section({ id: 'approvals', title: t('Approvals'), count: approvals.length }, approvalList(approvals));
}

export function approvalList(approvals: readonly ReviewApproval[]): TemplateResult {
  return html`<ul class="entries approvals">${approvals.map(approvalItem)}</ul>`;
}

function approvalItem(approval: ReviewApproval): TemplateResult {
  const { by, isGiven, comment, at, lapsed } = approval;
  const note = noteOn(approval);
  const style = lapsed ? 'approval-lapsed' : isGiven ? 'approval-given' : 'approval-refused';
  return html`<li class=${style}>
    <div>
      ${icon(lapsed ? 'circle-slash' : isGiven ? 'pass' : 'error')} ${authorOf(by)} ${isGiven ? t('approved') : t('refused')}
      <span class="muted">${timeOf(at)}</span>
    </div>
    ${comment === '' ? nothing : html`<div class="reason">${comment}</div>`}
    ${note === undefined ? nothing : html`<div class="warning wrap">${icon('warning')}&nbsp;${note}</div>`}
  </li>`;
}

/** Why it doesn't count, where it doesn't. */
function noteOn({ isGiven, isAuthor, isCounted, lapsed }: ReviewApproval): string | undefined {
  if (lapsed) return t('Lapsed {at}: {why}.', { at: formatTime(lapsed.at), why: lapsed.why });
  if (!isCounted) return t('Doesn’t count: the policy asks for the signature of one of its approvers.');
  if (isGiven && isAuthor) return t('Doesn’t count: that is who registered the version.');
  return undefined;
}

/** Who asks for the promotion, and whom. */
export function requestSection(data: ReviewPageData, page: PageContext): TemplateResult | typeof nothing {
  const { request, isTrusted } = data;
  if (!request) return nothing;
  const { by, at, comment, reviewers, pending, isOwn, isWanted } = request;
  const withdraw =
    isOwn && isTrusted
      ? html`<button class="link" @click=${() => void decide('withdraw', data, page)}>${t('Withdraw')}</button>`
      : nothing;
  return section(
    { id: 'request', title: t('Request'), actions: withdraw },
    html`<p>${authorOf(by)} <span class="muted">${timeOf(at)}${pending ? `, ${t('not shared yet')}` : ''}</span></p>
      ${comment === '' ? nothing : html`<p class="reason">${comment}</p>`}
      <p class="muted wrap">${reviewers.length === 0 ? t('Everybody is asked.') : t('Reviewers: {reviewers}', { reviewers: reviewers.join(', ') })}</p>
      ${isWanted ? html`<p class="wanted">${icon('eye')}&nbsp;${t('Your review is requested.')}</p>` : nothing}`,
  );
}
