import type { LogEntry } from '../../catalog/read-models/log.ts';
import { safeLine, styled } from '../terminal.ts';
import { agoText } from '../time.ts';
import { provenAuthorText, timeText } from './values.ts';

/** How far the author's clock may differ from the log's before both times are shown. */
const TOLERANCE_MS = 5 * 60_000;
/** Above it, what was taken over has the time that its author claims for it. */
const TAKEN_OVER_MS = 60_000;

/** When, what, who and why: two lines an entry, newest first. Files that came with what was taken over are one line together. */
export function logText(entries: readonly LogEntry[], nowMs: number): string {
  const shown = entries.filter((entry) => !isFilesAlone(entry));
  const lines = shown.map((entry) => entryText(entry, nowMs));
  const folded = entries.length - shown.length;
  if (folded === 1) lines.push(styled('dim', '      One entry about stored files alone isn’t shown; --json has it'));
  if (folded > 1)
    lines.push(styled('dim', `      ${folded} entries about stored files alone aren’t shown; --json has them`));
  return lines.join('\n');
}

/** The bytes of a version that was taken over: the entry of the version says the rest. */
function isFilesAlone({ via, events, void: refused }: LogEntry): boolean {
  return via === 'import' && refused === undefined && events.length > 0 && events.every(isPublication);
}

function entryText(entry: LogEntry, nowMs: number): string {
  const place = styled('dim', (entry.pending ? '·' : String(entry.seq)).padStart(4));
  const isClaimed = entry.via === 'import' && Date.parse(entry.at) - Date.parse(entry.askedAt) > TAKEN_OVER_MS;
  const time = isClaimed ? entry.askedAt : entry.at;
  const claim = isClaimed ? ` (claimed; shared ${timeText(entry.at)})` : '';
  const when = `${timeText(time)}${claim} ${styled('dim', `(${agoText(time, nowMs)})`)}`;
  const waits = entry.pending ? styled('yellow', ' (not shared)') : '';
  const first = `${place}  ${when}  ${whatText(entry)}${waits}`;
  if (entry.by.name === '' && entry.by.email === '') return first;
  const asked = !isClaimed && Math.abs(Date.parse(entry.askedAt) - Date.parse(entry.at)) > TOLERANCE_MS;
  const late = asked ? `, asked at ${timeText(entry.askedAt)}` : '';
  const why = entry.reason === undefined || entry.reason === '' ? '' : `: ${safeLine(entry.reason, 500)}`;
  return `${first}\n      ${provenAuthorText(entry.by)}, ${viaText(entry.via)}${late}${why}`;
}

function isPublication(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'artifact.published';
}

function whatText(entry: LogEntry): string {
  const summary = safeLine(entry.summary);
  if (entry.void === undefined) return styled('bold', summary);
  return `${styled('red', 'No effect')}: ${summary} (${safeLine(entry.void)})`;
}

function viaText(via: string): string {
  switch (via) {
    case 'editor':
      return 'in the editor';
    case 'cli':
      return 'on the command line';
    case 'auto':
      return 'automatically';
    case 'import':
      return 'by import';
    default:
      return safeLine(via);
  }
}
