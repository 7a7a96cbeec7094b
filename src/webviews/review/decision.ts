import { html, nothing, type TemplateResult } from 'lit';
import { t, tParts } from '../../base/language.ts';
import type { Decision, ReviewPageData } from '../../extension/messages/review.ts';
import type { LaterGates } from '../review.ts';
import type { PageContext } from '../shared/page.ts';
import { coded, icon, section } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { blockersOf, brokenGates } from './blockers.ts';

/** A person may take as long to confirm as they like. */
const patienceMs = 24 * 3_600_000;
const textName = 'decision.text';
const reviewersName = 'decision.reviewers';

const doing = (): Readonly<Record<Decision, string>> => ({
  promote: t('Promoting…'),
  override: t('Waiting for your confirmation…'),
  approve: t('Approving…'),
  refuse: t('Refusing…'),
  request: t('Asking…'),
  withdraw: t('Withdrawing…'),
});
const done = (): Readonly<Record<Decision, string>> => ({
  promote: t('Promoted.'),
  override: t('Promoted, with its gates overridden.'),
  approve: t('Approved.'),
  refuse: t('Refused.'),
  request: t('Asked for a review.'),
  withdraw: t('Nobody is asked any more.'),
});

/** What this page's person has just asked for, and what came of it. */
let underWay: Decision | undefined;
let outcome: { readonly text: string; readonly isProblem: boolean } | undefined;

/** The reason, and what can be done; what can't be done says why. */
export function decisionSection(data: ReviewPageData, gates: LaterGates, page: PageContext): TemplateResult {
  const { version, stage, kind } = data;
  const body =
    kind === 'none'
      ? html`<p>${tParts('It is in {stage}. Nothing is left to decide.', { stage })}</p>`
      : form(data, gates, page);
  return html`<div class="decision">
    ${section({ id: 'decision', title: t('Your decision on @{version} for {stage}', { version: versionNumber(version), stage }) }, html`${page.whyReadOnly}${body}${outcomeLine()}`)}
  </div>`;
}

function outcomeLine(): TemplateResult | typeof nothing {
  if (underWay !== undefined) return html`<p class="muted" role="status">${doing()[underWay]}</p>`;
  if (!outcome) return nothing;
  return outcome.isProblem
    ? html`<p class="decision-problem" role="alert">${icon('error')}&nbsp;<span class="wrap">${outcome.text}</span></p>`
    : html`<p class="decision-done" role="status">${icon('pass')}&nbsp;${outcome.text}</p>`;
}

function form(data: ReviewPageData, gates: LaterGates, page: PageContext): TemplateResult {
  const { stage, kind, isTrusted, isOverrideAllowed } = data;
  const text = reasonIn(page, data);
  const isBlank = text.trim() === '';
  const blockers = blockersOf(data, gates);
  const broken = kind === 'promote' ? brokenGates(gates) : [];
  const isIdle = underWay === undefined && isTrusted;
  const canOverride = broken.length > 0 && isOverrideAllowed && !data.running;
  return html`${proposalLine(data, text, page)}
    <label class="decision-label" for="decision-text">${t('Reason or comment')}</label>
    <textarea
      id="decision-text"
      class="decision-text"
      rows="3"
      maxlength="10000"
      placeholder=${t('Why, for whoever reads the log later')}
      .value=${text}
      ?disabled=${!isTrusted}
      @input=${(event: Event) => {
        outcome = undefined;
        page.setUi(textName, fieldText(event));
      }}
    ></textarea>
    <div class="actions" role="group" aria-label=${t('Decide')}>
      ${button('promote', kind === 'demote' ? t('Move down to {stage}', { stage }) : t('Promote to {stage}', { stage }), 'rocket', isIdle && !isBlank && blockers.length === 0, data, page)}
      ${kind === 'promote' ? button('approve', t('Approve'), 'check', isIdle, data, page) : nothing}
      ${kind === 'promote' ? button('refuse', t('Refuse'), 'close', isIdle && !isBlank, data, page) : nothing}
      ${canOverride ? button('override', t('Override gates…'), 'warning', isIdle && !isBlank, data, page) : nothing}
    </div>
    ${whyNot(data, blockers, isBlank)}
    ${kind === 'promote' && !data.request && isTrusted ? requestRow(data, isIdle, page) : nothing}
    ${
      broken.length > 0 && !isOverrideAllowed
        ? html`<p class="muted">${t('The policy of the model lets nobody override a gate.')}</p>`
        : nothing
    }`;
}

function whyNot(
  { kind, isTrusted, isAuthor }: ReviewPageData,
  blockers: readonly string[],
  isBlank: boolean,
): TemplateResult {
  const isPromotion = kind === 'promote';
  return html`<div id="decision-why" class="decision-why">
    ${
      blockers.length === 0
        ? nothing
        : html`<p>${icon('circle-slash')}&nbsp;${t('It can’t be promoted now:')}</p>
            <ul>${blockers.map((text) => html`<li class="wrap">${coded(text)}</li>`)}</ul>`
    }
    ${isBlank && isTrusted ? html`<p class="muted">${isPromotion ? t('Promoting and refusing need a reason.') : t('Moving it needs a reason.')}</p>` : nothing}
    ${isAuthor && isPromotion ? html`<p class="muted">${t('You registered this version, so your own approval doesn’t count.')}</p>` : nothing}
  </div>`;
}

function button(
  decision: Decision,
  label: string,
  symbol: string,
  isEnabled: boolean,
  data: ReviewPageData,
  page: PageContext,
): TemplateResult {
  return html`<vscode-button
    ?secondary=${decision !== 'promote'}
    ?disabled=${!isEnabled}
    aria-disabled=${String(!isEnabled)}
    aria-describedby="decision-why"
    @click=${() => {
      if (isEnabled) void decide(decision, data, page);
    }}
    >${icon(symbol)} ${label}</vscode-button
  >`;
}

export async function decide(decision: Decision, data: ReviewPageData, page: PageContext): Promise<void> {
  underWay = decision;
  outcome = undefined;
  page.redraw();
  try {
    const answer = await page.read(
      'decide',
      {
        decision,
        text: decision === 'withdraw' ? '' : reasonIn(page, data),
        revision: data.revision,
        ...(decision === 'request' ? { reviewers: reviewersIn(page) } : {}),
      },
      { timeoutMs: patienceMs },
    );
    underWay = undefined;
    if (answer.outcome === 'done') {
      outcome = { text: done()[decision], isProblem: false };
      page.setUi(textName, '');
    }
  } catch (error) {
    underWay = undefined;
    outcome = { text: error instanceof Error ? error.message : String(error), isProblem: true };
  }
  page.redraw();
}

/** What the person wrote; before they wrote anything, what was proposed. */
function reasonIn(page: PageContext, { proposal = '' }: ReviewPageData): string {
  return typeof page.ui[textName] === 'string' ? textOf(page, textName) : proposal;
}

function proposalLine({ proposal }: ReviewPageData, text: string, page: PageContext): TemplateResult | typeof nothing {
  if (proposal === undefined) return nothing;
  return html`<p class="muted">
    ${icon('sparkle')}&nbsp;${t('A language model proposes this. Look at what it says before you decide.')}
    ${
      text === proposal
        ? nothing
        : html`<button class="link" @click=${() => page.setUi(textName, proposal)}>${t('Take its reason')}</button>`
    }
  </p>`;
}

function textOf(page: PageContext, name: string): string {
  const text = page.ui[name];
  return typeof text === 'string' ? text : '';
}

/** Whom a request asks: people that this page knows are proposed. */
function requestRow(data: ReviewPageData, isIdle: boolean, page: PageContext): TemplateResult {
  const { version, approvals } = data;
  const people = [
    ...approvals.map(({ by }) => by),
    ...version.transitions.map(({ by }) => by),
    ...version.comments.map(({ by }) => by),
  ];
  const addresses = [...new Set(people.map(({ email, name }) => email || name))].filter(
    (address) => address !== (version.createdBy.email || version.createdBy.name),
  );
  return html`<div class="reviewers">
    <label class="decision-label" for="reviewers">${t('Or ask for a review by')}</label>
    <div class="reviewers-row">
    <input
      id="reviewers"
      class="decision-text"
      list="people"
      maxlength="4000"
      placeholder=${t('Everybody, or email addresses')}
      .value=${textOf(page, reviewersName)}
      @input=${(event: Event) => page.setUi(reviewersName, fieldText(event))}
    />
    ${button('request', t('Request promotion'), 'comment-discussion', isIdle, data, page)}
    </div>
    <datalist id="people">${addresses.map((address) => html`<option value=${address}></option>`)}</datalist>
  </div>`;
}

function reviewersIn(page: PageContext): string[] {
  return textOf(page, reviewersName)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function fieldText({ target }: Event): string {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement ? target.value : '';
}
