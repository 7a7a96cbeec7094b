import { html, nothing, type TemplateResult } from 'lit';
import type { ReviewGate, ReviewPageData } from '../../extension/messages-review.ts';
import type { LaterGates } from '../review.ts';
import { countOf, formatBytes, formatVia, shortDigest } from '../shared/format.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, claimedAgeOf, copyable, icon, stageBadge, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { modelLine } from '../version/model.ts';
import { blockersOf, brokenGates, isWaitingForPeople } from './blockers.ts';

export function reviewHeader(data: ReviewPageData, gates: LaterGates, page: PageContext): TemplateResult {
  const { version, stage, other } = data;
  const number = versionNumber(version);
  return html`<header class="page-title">
    <h1>
      <span class="name"
        ><span class="ellipsis" title=${version.model}>${version.model}</span><span class="number">@${number}</span></span
      >
      <span class="versions-arrow">${stageBadge(version.stage)} ${icon('arrow-right')}<span class="only-read-aloud">to</span> ${stageBadge(stage)}</span>
    </h1>
    <div class="facts">
      <span>Registered ${claimedAgeOf(version.createdAt, version.claimedAt)} by ${authorOf(version.createdBy)} ${formatVia(version.via)}</span>
      <span>${formatBytes(version.artifact.sizeBytes)} in ${countOf(version.artifact.fileCount, 'file')}</span>
      <span>${copyable(page, version.artifact.digest, shortDigest(version.artifact.digest), 'artifact digest')}</span>
    </div>
    ${modelLine(version)} ${version.description === '' ? nothing : html`<p class="description">${version.description}</p>`}
    <div class="facts">${besideLine(data, page)}</div>
    ${verdict(data, gates)}
    <div class="actions" role="group" aria-label="Actions">
      <vscode-button secondary icon="package" @click=${() => page.openVersion(version.id)}>Open version</vscode-button>
      ${
        other === undefined
          ? nothing
          : html`<vscode-button secondary icon="git-compare" @click=${() => page.openChanges(other.version.id, version.id)}>What changed?</vscode-button>
              <vscode-button secondary icon="diff" @click=${() => page.openComparison([other.version.id, version.id])}>Compare side by side</vscode-button>`
      }
      <a class="link jump" href="#decision">Decide ${icon('arrow-down')}</a>
    </div>
  </header>`;
}

function besideLine({ other, stage, isExclusive }: ReviewPageData, page: PageContext): TemplateResult {
  if (!other) return html`<span>Nothing is in ${isExclusive ? stage : 'production'} now to compare it with.</span>`;
  const { version, isInStage } = other;
  const since = claimedAgeOf(version.stageSince, version.stageClaimedAt);
  return html`<span>
    Beside ${versionLink(page, version.id, `@${versionNumber(version)}`)}, in ${isInStage ? stage : version.stage} since
    ${since} by ${authorOf(version.stageBy)}${isInStage && isExclusive ? html`, whose place it takes` : nothing}
  </span>`;
}

/** One line that says how it stands. */
function verdict(data: ReviewPageData, gates: LaterGates): TemplateResult {
  const blockers = blockersOf(data, gates);
  const count = gates.state === 'ready' ? gates.data.gates.length : 0;
  const isWaiting = gates.state === 'loading' || data.running !== undefined;
  if (data.kind === 'none') return line('pass', 'verdict-good', `It is in ${data.stage}.`);
  if (isWaiting) return line('sync', '', data.running ? `Running ${data.running.step}…` : 'Evaluating its gates…');
  if (blockers.length === 0) {
    const passed =
      count === 0 ? `Nothing is asked of a version for ${data.stage}.` : `All ${countOf(count, 'gate')} passed.`;
    return line('pass', 'verdict-good', count === 1 ? 'Its gate is passed.' : passed);
  }
  const broken = brokenGates(gates);
  const isOnlyGates = blockers.length === broken.length;
  if (isOnlyGates && isWaitingForPeople(broken, data.approvals))
    return line('clock', 'verdict-waiting', `Only people are missing: ${broken[0]?.why ?? ''}.`);
  if (isOnlyGates && broken.length > 1)
    return line('error', 'verdict-bad', `Not yet: ${standingText(broken, count, data.approvals)}.`);
  const [first = ''] = blockers;
  const more = blockers.length > 1 ? ` And ${countOf(blockers.length - 1, 'more reason')}.` : '';
  return line('error', 'verdict-bad', `Not yet: ${first}${more}`);
}

/** `2 of 5 gates failed, 1 wasn’t evaluated, 1 waits for people` */
function standingText(broken: readonly ReviewGate[], all: number, approvals: ReviewPageData['approvals']): string {
  const waiting = broken.filter((gate) => isWaitingForPeople([gate], approvals)).length;
  const failed = broken.filter(({ outcome }) => outcome === 'failed').length - waiting;
  const unknown = broken.length - failed - waiting;
  const parts = [
    { count: failed, what: 'failed' },
    { count: unknown, what: `${unknown === 1 ? 'wasn’t' : 'weren’t'} evaluated` },
    { count: waiting, what: `${waiting === 1 ? 'waits' : 'wait'} for people` },
  ].filter(({ count }) => count > 0);
  return parts
    .map(({ count, what }, index) => `${count}${index === 0 ? ` of ${countOf(all, 'gate')}` : ''} ${what}`)
    .join(', ');
}

function line(symbol: string, style: string, text: string): TemplateResult {
  return html`<p class="verdict ${style}" role="status">${icon(symbol)} <span class="wrap">${text}</span></p>`;
}
