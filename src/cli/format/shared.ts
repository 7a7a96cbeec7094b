import { sizeText } from '../../base/size.ts';
import type { ServingMachine } from '../../registry/api/serving.ts';
import type { AttachReport, PendingEntry, RefusedEntry, RemoteStatus, SyncReport } from '../../registry/api/sharing.ts';
import { safeLine, styled } from '../terminal.ts';
import { tableText } from './tables.ts';
import { authorText, plural, timeText } from './values.ts';

/** What attaching did or would do. */
export function attachText({ url, isNew, isPreview, models, upload }: AttachReport, waiting = 0): string {
  const verb = isPreview ? 'Would share' : 'Shared';
  const what = isNew ? 'a new registry in' : 'the registry in';
  const rows = models.map(({ name, versions, isThere, withStages }) => [
    safeLine(name),
    String(versions),
    isThere
      ? 'joins the model of that name, as candidates'
      : withStages
        ? 'new there, with stages and history'
        : 'new there, without stages: files of some versions were removed',
  ]);
  const table = rows.length === 0 ? [] : [tableText(['MODEL', 'VERSIONS', 'THERE'], rows)];
  const waits =
    waiting === 0 ? '' : `${waiting} of what it has still ${waiting === 1 ? 'waits' : 'wait'} to be shared. `;
  const times =
    models.length === 0
      ? []
      : [
          'The shared log has the time at which it takes this over; the times of before are kept beside it, as claimed. The log up to now stays on this machine.',
        ];
  const after = isPreview
    ? 'Nothing was changed.'
    : `${waits}Files go ${upload === 'on-register' ? 'up as they are registered' : 'up when a version is promoted'}.`;
  return [`${verb} this registry through ${what} ${safeLine(url)}`, ...table, ...times, after].join('\n');
}

export function remoteText(status: RemoteStatus | undefined, machines: readonly ServingMachine[] = []): string {
  if (!status) return 'This registry is on this machine alone.';
  const { url, upload, pending, stale, refused, failure } = status;
  const lines = [safeLine(url), `Files go up ${upload === 'on-register' ? 'as they are registered' : 'on promotion'}`];
  lines.push(pending === 0 ? 'Nothing waits to be shared' : styled('yellow', `${pending} to be shared`));
  if (stale > 0)
    lines.push(styled('yellow', `${stale} asked so long ago that you have to confirm: model-registry pending`));
  if (refused > 0) lines.push(styled('red', `${refused} refused: model-registry refused`));
  const following = machines.filter(({ state }) => state !== 'stopped');
  const drifting = following.filter(({ isDrift }) => isDrift).length;
  if (following.length > 0) {
    const drift =
      drifting === 0 ? '' : styled('yellow', `, ${drifting} not what ${drifting === 1 ? 'it' : 'they'} should`);
    lines.push(
      `${plural(following.length, 'machine')} ${following.length === 1 ? 'reports what it serves' : 'report what they serve'}${drift}: model-registry serving`,
    );
  }
  if (failure) lines.push(styled('red', `${failure.code}: ${safeLine(failure.message, 500)}`));
  return lines.join('\n');
}

export function syncText(report: SyncReport, withStats: boolean): string {
  const { received, sent, refused, published, waiting, cost } = report;
  const parts = [
    ...(received > 0 ? [`took over ${plural(received, 'commit')}`] : []),
    ...(sent > 0 ? [`shared ${sent}`] : []),
    ...(published > 0 ? [`uploaded ${plural(published, 'artifact')}`] : []),
    ...(refused > 0 ? [styled('red', `${refused} refused: see model-registry refused`)] : []),
    ...(waiting.length > 0
      ? [styled('yellow', `${waiting.length} still ${waiting.length === 1 ? 'waits' : 'wait'}`)]
      : []),
  ];
  const line = parts.length === 0 ? 'Up to date' : parts.join(', ').replace(/^\w/, (first) => first.toUpperCase());
  if (!withStats) return line;
  const stats = cost
    ? `${plural(cost.requests, 'request')}, ${sizeText(cost.sentBytes)} sent, ${sizeText(cost.receivedBytes)} received`
    : 'A folder counts no requests';
  return `${line}\n${stats}`;
}

export function pendingText(entries: readonly PendingEntry[]): string {
  if (entries.length === 0) return 'Nothing waits to be shared';
  const rows = entries.map(({ id, askedAt, by, summary, isStale }) => [
    id,
    timeText(askedAt),
    authorText(by),
    `${safeLine(summary, 100)}${isStale ? styled('yellow', ' (confirm it)') : ''}`,
  ]);
  return tableText(['ID', 'ASKED', 'BY', 'WHAT'], rows);
}

/** Each refused intent as a card: mine, theirs, and what can be done. */
export function refusedText(entries: readonly RefusedEntry[]): string {
  if (entries.length === 0) return 'Nothing was refused';
  return entries.map(cardText).join('\n\n');
}

function cardText({ id, askedAt, by, summary, reason, theirs, wouldApply, wouldDo }: RefusedEntry): string {
  const lines = [
    styled('red', safeLine(summary)),
    `  mine    ${authorText(by)}, ${timeText(askedAt)}`,
    `  refused ${safeLine(reason, 500)}`,
  ];
  if (theirs) {
    const why = theirs.reason === undefined ? '' : `, "${safeLine(theirs.reason)}"`;
    lines.push(`  theirs  ${safeLine(theirs.summary)}: ${authorText(theirs.by)}, ${timeText(theirs.at)}${why}`);
  }
  lines.push(wouldApply ? `  again   ${safeLine(wouldDo)}` : `  again   refused again: ${safeLine(wouldDo, 500)}`);
  lines.push(`  model-registry refused resolve ${id} ${wouldApply ? 'apply|drop' : 'drop'}`);
  return lines.join('\n');
}
