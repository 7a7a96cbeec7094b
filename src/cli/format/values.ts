import { provenText } from '../../base/proven.ts';
import type { Author } from '../../catalog/read-models/author.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { safeLine, styled } from '../terminal.ts';

/** `2026-11-23 14:05:09` in the local time zone. */
export function timeText(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return safeLine(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `Ann Lee <ann@example.org>` */
export function authorText({ name, email }: Author): string {
  return safeLine(email === '' ? name : `${name} <${email}>`);
}

/** The same, with how far it can be relied on: who signed it, or that it is what somebody said of themselves. */
export function provenAuthorText(by: Author): string {
  const style = by.signer === undefined ? 'dim' : 'green';
  return `${authorText(by)} ${styled(style, `(${safeLine(provenText(by))})`)}`;
}

/** A time, or the one that is claimed where the log has taken the thing over later, or by what it was imported from. */
export function claimedTimeText(at: string, claimedAt: string | undefined, source?: string): string {
  if (claimedAt === undefined) return timeText(at);
  const since = source === undefined ? 'claimed; shared' : `as ${safeLine(source)} says; imported`;
  return `${timeText(claimedAt)} (${since} ${timeText(at)})`;
}

/** `fraud-detector@7` */
export function labelOf(version: VersionSummary): string {
  return safeLine(`${version.model}@${numberText(version)}`);
}

/** `7`, and `draft-<6>` while the version isn't in the log that gives numbers. */
export function numberText({ pending, id, number }: VersionSummary): string {
  return pending ? `draft-${id.slice(-6).toLowerCase()}` : String(number);
}

/** `1 file`, `2 files` */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The name of a stage in its colour. */
export function stageText(stage: string): string {
  const text = safeLine(stage);
  if (stage === 'production') return styled('green', text);
  if (stage === 'staging') return styled('yellow', text);
  return stage === 'archived' ? styled('dim', text) : text;
}
