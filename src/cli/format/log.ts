import type { LogEntry } from '../../registry/api.ts';
import { safeLine, styled } from '../terminal.ts';
import { agoText } from '../time.ts';
import { provenAuthorText, timeText } from './values.ts';

/** How far the author's clock may differ from the log's before both times are shown. */
const TOLERANCE_MS = 5 * 60_000;

/** When, what, who and why: two lines an entry, newest first. */
export function logText(entries: readonly LogEntry[], nowMs: number): string {
  return entries.map((entry) => entryText(entry, nowMs)).join('\n');
}

function entryText(entry: LogEntry, nowMs: number): string {
  const place = styled('dim', (entry.pending ? '·' : String(entry.seq)).padStart(4));
  const when = `${timeText(entry.at)} ${styled('dim', `(${agoText(entry.at, nowMs)})`)}`;
  const waits = entry.pending ? styled('yellow', ' (not shared)') : '';
  const first = `${place}  ${when}  ${whatText(entry)}${waits}`;
  if (entry.by.name === '' && entry.by.email === '') return first;
  const asked = Math.abs(Date.parse(entry.askedAt) - Date.parse(entry.at)) > TOLERANCE_MS;
  const late = asked ? `, asked at ${timeText(entry.askedAt)}` : '';
  const why = entry.reason === undefined || entry.reason === '' ? '' : `: ${safeLine(entry.reason, 500)}`;
  return `${first}\n      ${provenAuthorText(entry.by)}, ${viaText(entry.via)}${late}${why}`;
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
