import { html, nothing, type TemplateResult } from 'lit';
import { leadOf } from '../../base/card-text.ts';
import { importedFrom } from '../../base/imported-from.ts';
import { formatNumber, t, tCount, tParts } from '../../base/language.ts';
import type { ReviewGate, ReviewPageData } from '../../extension/messages/review.ts';
import type { LaterGates } from '../review.ts';
import { cutName } from '../shared/cut-name.ts';
import { formatVia, shortDigest, sizeInFiles } from '../shared/format.ts';
import { jumpTo } from '../shared/jump.ts';
import type { PageContext } from '../shared/page.ts';
import { authorOf, claimedAgeOf, claimedSinceOf, copyable, icon, stageBadge, versionLink } from '../shared/parts.ts';
import { versionNumber } from '../shared/version-name.ts';
import { modelLine } from '../version/model.ts';
import { blockersOf, brokenGates } from './blockers.ts';

export function reviewHeader(data: ReviewPageData, gates: LaterGates, page: PageContext): TemplateResult {
  const { version, stage, other } = data;
  const number = versionNumber(version);
  return html`<header class="page-title">
    <h1>
      <span class="name"
        >${cutName(version.model)}<span class="number">@${number}</span></span
      >
      <span class="versions-arrow">${stageBadge(version.stage)} ${icon('arrow-right')}<span class="only-read-aloud">${t('to')}</span> ${stageBadge(stage)}</span>
    </h1>
    <div class="facts">
      <span>${tParts('Registered {age} by {author} {via}', { age: claimedAgeOf(version.createdAt, version.claimedAt, importedFrom(version)), author: authorOf(version.createdBy), via: formatVia(version.via) })}</span>
      <span>${sizeInFiles(version.artifact.sizeBytes, version.artifact.fileCount)}</span>
      <span>${copyable(page, version.artifact.digest, shortDigest(version.artifact.digest), t('artifact digest'))}</span>
    </div>
    ${modelLine(version)} ${version.description === '' ? nothing : html`<p class="description">${leadOf(version.description)}</p>`}
    <div class="facts">${besideLine(data, page)}</div>
    ${verdict(data, gates)}
    <div class="actions" role="group" aria-label=${t('Actions')}>
      <vscode-button secondary @click=${() => page.openVersion(version.id)}>${icon('package')} ${t('Open version')}</vscode-button>
      ${
        other === undefined
          ? nothing
          : html`<vscode-button secondary @click=${() => page.openChanges(other.version.id, version.id)}>${icon('git-compare')} ${t('What changed?')}</vscode-button>
              <vscode-button secondary @click=${() => page.openComparison([other.version.id, version.id])}>${icon('diff')} ${t('Compare side by side')}</vscode-button>`
      }
      <vscode-button
        secondary
        title=${t('Copies a link that opens this page in the editor of whoever has the registry')}
        @click=${() => page.act('copyLink', version.id)}
        >${icon('share')} ${t('Copy link')}</vscode-button
      >
      <a class="link jump" href="#decision" @click=${(event: Event) => jumpTo(event, 'decision')}>${t('Decide')} ${icon('arrow-down')}</a>
    </div>
  </header>`;
}

function besideLine(
  { version: reviewed, other, stage, isExclusive }: ReviewPageData,
  page: PageContext,
): TemplateResult | typeof nothing {
  // That it is there itself, the verdict says.
  if (!other && reviewed.stage === (isExclusive ? stage : 'production')) return nothing;
  if (!other)
    return html`<span>${t('Nothing is in {stage} now to compare it with.', { stage: isExclusive ? stage : 'production' })}</span>`;
  const { version, isInStage } = other;
  const since = claimedSinceOf(version.stageSince, version.stageClaimedAt, importedFrom(version));
  const about = {
    version: versionLink(page, version.id, `@${versionNumber(version)}`),
    stage: isInStage ? stage : version.stage,
    age: since,
    author: authorOf(version.stageBy),
  };
  return html`<span>
    ${isInStage && isExclusive ? tParts('Compared with {version}, in {stage} since {age} by {author}, which it would replace', about) : tParts('Compared with {version}, in {stage} since {age} by {author}', about)}
  </span>`;
}

/** One line that says how it stands. */
function verdict(data: ReviewPageData, gates: LaterGates): TemplateResult {
  const blockers = blockersOf(data, gates);
  const count = gates.state === 'ready' ? gates.data.gates.length : 0;
  const isRunning = gates.state === 'loading' || data.running !== undefined;
  if (data.kind === 'none') return line('pass', 'verdict-good', t('It is in {stage}.', { stage: data.stage }));
  if (isRunning)
    return line(
      'sync',
      '',
      data.running ? t('Running {step}…', { step: data.running.step }) : t('Evaluating its gates…'),
    );
  if (blockers.length === 0) {
    const passed =
      count === 0
        ? t('Nothing stands in its way to {stage}.', { stage: data.stage })
        : tCount(count, 'Its gate passed.', 'All {count} gates passed.');
    return line('pass', 'verdict-good', passed);
  }
  const broken = brokenGates(gates);
  const isOnlyGates = blockers.length === broken.length;
  if (isOnlyGates && broken.every(({ isWaiting }) => isWaiting))
    return line('clock', 'verdict-waiting', t('Waiting for people: {why}.', { why: broken[0]?.why ?? '' }));
  if (isOnlyGates && broken.length > 1)
    return line('error', 'verdict-bad', t('Not yet: {why}', { why: `${standingText(broken, count)}.` }));
  const [first = ''] = blockers;
  const more =
    blockers.length > 1
      ? ` ${tCount(blockers.length - 1, 'And {count} more reason.', 'And {count} more reasons.')}`
      : '';
  return line('error', 'verdict-bad', `${t('Not yet: {why}', { why: first })}${more}`);
}

/** `2 of 5 gates failed, 1 wasn’t evaluated, 1 waits for people` */
function standingText(broken: readonly ReviewGate[], all: number): string {
  const waiting = broken.filter(({ isWaiting }) => isWaiting).length;
  const failed = broken.filter(({ outcome }) => outcome === 'failed').length - waiting;
  const unknown = broken.length - failed - waiting;
  const ofAll = { all: formatNumber(all) };
  const whole = [
    ...(failed > 0 ? [tCount(failed, '{count} of {all} gates failed', '{count} of {all} gates failed', ofAll)] : []),
    ...(unknown > 0
      ? [tCount(unknown, '{count} of {all} gates wasn’t evaluated', '{count} of {all} gates weren’t evaluated', ofAll)]
      : []),
    ...(waiting > 0
      ? [tCount(waiting, '{count} of {all} gates waits for people', '{count} of {all} gates wait for people', ofAll)]
      : []),
  ];
  const short = [
    ...(failed > 0 ? [tCount(failed, '{count} failed', '{count} failed')] : []),
    ...(unknown > 0 ? [tCount(unknown, '{count} wasn’t evaluated', '{count} weren’t evaluated')] : []),
    ...(waiting > 0 ? [tCount(waiting, '{count} waits for people', '{count} wait for people')] : []),
  ];
  return [...whole.slice(0, 1), ...short.slice(1)].join(', ');
}

function line(symbol: string, style: string, text: string): TemplateResult {
  return html`<p class="verdict ${style}" role="status">${icon(symbol)} <span class="wrap">${text}</span></p>`;
}
