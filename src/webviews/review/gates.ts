import { html, nothing, type TemplateResult } from 'lit';
import { t, tParts } from '../../base/language.ts';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import type { ReviewGate, ReviewPageData } from '../../extension/messages/review.ts';
import type { LaterGates } from '../review.ts';
import type { PageContext } from '../shared/page.ts';
import { ageOf, coded, emptyState, failedLine, icon, inlineCode, section } from '../shared/parts.ts';

const order: Readonly<Record<ReviewGate['outcome'], number>> = { failed: 0, 'not-evaluated': 1, passed: 2 };
type State = ReviewGate['outcome'] | 'waiting';
const words = (): Readonly<Record<State, string>> => ({
  waiting: t('waiting'),
  failed: t('failed'),
  'not-evaluated': t('not evaluated'),
  passed: t('passed'),
});
const icons: Readonly<Record<State, string>> = {
  waiting: 'clock',
  failed: 'error',
  'not-evaluated': 'question',
  passed: 'pass',
};

/** Each gate with what it asks for, what there is, why that isn't enough, and its evidence; those that aren't passed first. */
export function gatesSection(data: ReviewPageData, later: LaterGates, page: PageContext): TemplateResult {
  const gates = later.state === 'ready' ? later.data.gates : undefined;
  return section(
    {
      id: 'gates',
      title: t('Gates'),
      ...(gates ? { count: gates.length } : {}),
      actions: actionsOf(data, gates, page),
    },
    html`${runningLine(data, page)}${data.running && later.state === 'loading' ? nothing : body(data, later, page)}`,
  );
}

function actionsOf(
  { isTrusted, running }: ReviewPageData,
  gates: readonly ReviewGate[] | undefined,
  page: PageContext,
): TemplateResult | typeof nothing {
  const commands = gates?.filter(({ isCommand }) => isCommand) ?? [];
  if (commands.length === 0 || running || !isTrusted) return nothing;
  const isAgain = commands.every(({ outcome }) => outcome !== 'not-evaluated');
  return html`<span class="gate-actions">
    <button class="link" @click=${() => page.runGates(isAgain)}>${icon('play')}${isAgain ? t('Run commands again') : t('Run gates')}</button>
    <button class="link" @click=${() => page.showGateOutput()}>${icon('output')}${t('Output')}</button>
  </span>`;
}

function runningLine({ running }: ReviewPageData, page: PageContext): TemplateResult | typeof nothing {
  if (!running) return nothing;
  return html`<p class="facts gate-running">
    <vscode-progress-ring class="small-ring" aria-hidden="true"></vscode-progress-ring>
    <span class="wrap" role="status">${tParts('Running {step}', { step: running.step })}</span>
    <button class="link" @click=${() => page.showGateOutput()}>${t('Show output')}</button>
    <button class="link" @click=${() => page.cancelGates()}>${t('Cancel')}</button>
  </p>`;
}

function body({ stage, isTrusted, running }: ReviewPageData, later: LaterGates, page: PageContext): TemplateResult {
  switch (later.state) {
    case 'loading':
      return html`<p class="facts muted"><vscode-progress-ring class="small-ring" aria-hidden="true"></vscode-progress-ring> ${t('Evaluating…')}</p>`;
    case 'failed':
      return failedLine(later);
    case 'ready': {
      const { gates } = later.data;
      if (gates.length === 0)
        return emptyState(
          t('No gates are declared for {stage}.', { stage }),
          html`${tParts('Declare them under {key} in model-registry.yaml.', { key: inlineCode('gates:', `${stage}:`) })}`,
        );
      const sorted = gates.toSorted((a, b) => order[a.outcome] - order[b.outcome]);
      return gateList(sorted, page, isTrusted && running === undefined);
    }
  }
}

/** Gates with their facts; where there is a page to open it, with the evidence, and where they can be run there, with how. */
export function gateList(gates: readonly ReviewGate[], page: PageContext | undefined, canRun = false): TemplateResult {
  return html`<ul class="gates">${gates.map((gate) => gateItem(gate, page, canRun))}</ul>`;
}

/** What a gate is called: a command is best known by itself, and so is what the policy requires. */
export function gateName(gate: ReviewGate): string {
  return isNamedByRequirement(gate) ? gate.required : gate.title;
}

function isNamedByRequirement({ source, isCommand, title }: ReviewGate): boolean {
  return source === 'policy' || (isCommand && title === 'command');
}

function gateItem(gate: ReviewGate, page: PageContext | undefined, canRun: boolean): TemplateResult {
  const { title, required, measured, outcome, why, source, isCommand, hasEvidence, recorded } = gate;
  const isPolicy = source === 'policy';
  // People who haven't said anything yet are no failure.
  const state = gate.isWaiting ? 'waiting' : outcome;
  // `no approval yet, 1 needed` says what was measured, and what is required.
  const isCounted = title === 'approvals' && state === 'waiting';
  const isToRun = canRun && isCommand && outcome === 'not-evaluated';
  const isNamedByIt = isNamedByRequirement(gate);
  return html`<li class="gate gate-${state}">
    <span class="gate-icon">${icon(icons[state])}</span>
    <div class="gate-text">
      <div class="gate-name">
        <strong class="wrap">${gateName(gate)}</strong>
        <span class="gate-outcome">${words()[state]}</span>
        ${isPolicy ? html`<span class="pill" title=${t('Every reader of the log enforces it')}>${t('policy')}</span>` : nothing}
        ${isNamedByIt && !isPolicy ? html`<span class="pill">${t('command')}</span>` : nothing}
      </div>
      ${why === undefined ? nothing : html`<div class="gate-why wrap">${coded(why)}</div>`}
      ${isToRun ? html`<div class="gate-why">${t('Press “Run gates” to run it.')}</div>` : nothing}
      <dl class="gate-facts">
        ${isNamedByIt || isCounted ? nothing : fact(t('Required'), required)} ${isCounted ? nothing : fact(t('Found'), measured)}
        ${recorded ? html`<div><dt>${t('Ran')}</dt><dd>${tParts('{age} by {author}', { age: ageOf(recorded.at), author: html`<span class="author">${recorded.by}</span>` })}</dd></div>` : nothing}
      </dl>
    </div>
    ${
      hasEvidence && page
        ? html`<button class="link gate-evidence" title=${t('Opens the in-toto statement of {gate}', { gate: gate.gate })} @click=${() => page.openEvidence(gate.gate)}>
            ${icon('file-code')}${t('Evidence')}<span class="only-read-aloud"> ${tParts('of {title}', { title })}</span>
          </button>`
        : nothing
    }
  </li>`;
}

function fact(name: string, text: string): TemplateResult | typeof nothing {
  if (text === '') return nothing;
  return html`<div><dt>${name}</dt><dd class="wrap">${text}</dd></div>`;
}
