import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t, tCount, tParts } from '../../base/language.ts';
import type { VersionPageData } from '../../extension/messages/page-data.ts';
import type { VersionGates } from '../../extension/messages/review.ts';
import { approvalList } from '../review/approvals.ts';
import { gateList, gateName } from '../review/gates.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, failedLine, icon, stageBadge, timeOf } from '../shared/parts.ts';
import { foldable } from './foldable.ts';

/** Gates may fetch what files say, or compute intervals from predictions. */
const patienceMs = 120_000;

type OfStage = VersionGates['stages'][number];

/**
 * What each stage asks of the version, how it stands now, and who said what. The stages have their rows from the start, and none opens by itself:
 * answers take their time, and nothing below may move when they come.
 */
export function gatesOfVersion({ version, stages }: VersionPageData, page: PageContext): TemplateResult {
  const later = page.later('gates', () => page.read('versionGates', {}, { timeoutMs: patienceMs }), version);
  const failure = later.state === 'failed' ? failedLine(later) : nothing;
  return foldable(
    { id: 'gates', title: t('Gates') },
    html`${failure}${stages.map((stage) => {
      if (later.state === 'failed') return plainRow(stage, t('not known'));
      if (later.state === 'loading') return plainRow(stage, t('evaluating its gates…'));
      const found = later.data.stages.find((ofStage) => ofStage.stage === stage);
      return isAsking(found) ? stagePart(found, version.id, page) : plainRow(stage, t('has no gates'));
    })}`,
    page,
  );
}

function isAsking(ofStage: OfStage | undefined): ofStage is OfStage {
  if (ofStage === undefined) return false;
  return ofStage.gates.length > 0 || ofStage.approvals.length > 0 || ofStage.request !== undefined;
}

function plainRow(stage: string, text: string): TemplateResult {
  return html`<div class="stage-gates"><div class="stage-line">${stageBadge(stage)} <span class="muted">${text}</span></div></div>`;
}

function stagePart(ofStage: OfStage, versionId: string, page: PageContext): TemplateResult {
  const { stage, gates, approvals, request } = ofStage;
  const broken = gates.filter(({ outcome }) => outcome !== 'passed');
  const isWaiting = broken.length > 0 && broken.every((gate) => gate.isWaiting);
  const [look, symbol] =
    broken.length === 0 ? ['stage-passed', 'pass'] : isWaiting ? ['stage-waiting', 'clock'] : ['stage-broken', 'error'];
  const names = broken.map(gateName).join(', ');
  const name = `gates.${stage}`;
  const isOpen = page.ui[name] === true;
  const toggled = ({ currentTarget }: Event) => {
    if (currentTarget instanceof HTMLDetailsElement && currentTarget.open !== isOpen)
      page.setUi(name, currentTarget.open);
  };
  const standing = isWaiting ? waitingText(gates.length, broken.length) : standingText(gates.length, broken.length);
  return html`<details class="stage-gates" ?open=${isOpen} @toggle=${toggled}>
    <summary class="stage-line">
      ${stageBadge(stage)}
      <span class=${look}>${icon(symbol)} ${broken.length === 0 ? standing : `${standing}:`}</span>
      <span class="muted ellipsis" title=${names}>${names}</span>
    </summary>
    ${request ? html`<p class="muted">${tParts('Asked for by {author}, {time}', { author: authorOf(request.by), time: timeOf(request.at) })}</p>` : nothing}
    ${gates.length === 0 ? nothing : gateList(gates, undefined)}
    ${approvals.length === 0 ? nothing : approvalList(approvals)}
    <button class="link" @click=${() => page.openReview(versionId, stage)}>${icon('checklist')}${tParts('Review for {stage}', { stage })}</button>
  </details>`;
}

/** Where people haven't said anything yet, nothing has failed. */
function waitingText(all: number, waiting: number): string {
  if (all === 1) return t('waits for people');
  const ofAll = { all: formatNumber(all) };
  return tCount(waiting, '{count} of {all} gates waits for people', '{count} of {all} gates wait for people', ofAll);
}

function standingText(all: number, broken: number): string {
  if (all === 0) return t('no gates');
  return broken === 0
    ? tCount(all, '{count} gate passed', '{count} gates passed')
    : tCount(all, '{broken} of {count} gate not passed', '{broken} of {count} gates not passed', {
        broken: formatNumber(broken),
      });
}
