import * as v from 'valibot';
import { t } from '../../base/language.ts';
import { provenText } from '../../base/proven.ts';
import { told } from '../../base/retold.ts';
import type { LogEntry } from '../../catalog/read-models/log.ts';
import { oneLine } from '../version-text.ts';

const textSchema = v.looseObject({ type: v.picklist(['version.registered', 'version.annotated', 'comment.added']) });

/** The log as people read it: newest first, a paragraph for each entry. */
export function logText(title: string, entries: readonly LogEntry[], hasMore: boolean): string {
  const head = `${title}\n${t('Newest first. Times are those of the log, in UTC.')}\n`;
  const body = entries.length === 0 ? `${t('Nothing has happened yet.')}\n` : entries.map(entryText).join('\n');
  const tail = hasMore ? `\n${t('Older entries are shown by: model-registry log')}\n` : '';
  return `${head}\n${body}${tail}`;
}

function entryText(entry: LogEntry): string {
  const { seq, at, by, via, summary, reason, askedAt } = entry;
  const name = by.email === '' ? by.name : `${by.name} <${by.email}>`;
  const who = name === '' ? name : `${name} (${provenText(by)})`;
  const lines = [
    `${at.slice(0, 19).replace('T', ' ')}  #${seq}  ${oneLine(told(summary), 500)}`,
    `  ${t('by {author}', { author: oneLine(who) })}${via === '' ? '' : `, ${vias()[via] ?? oneLine(via, 40)}`}`,
  ];
  if (reason !== undefined && reason !== '') {
    const text = oneLine(reason, 2000);
    lines.push(`  ${isTextItself(entry) ? `“${text}”` : t('reason: {reason}', { reason: text })}`);
  }
  if (isFarApart(askedAt, at))
    lines.push(`  ${t("the author's clock said {askedAt}", { askedAt: oneLine(askedAt, 40) })}`);
  if (entry.void !== undefined) lines.push(`  ${t('had no effect: {why}', { why: oneLine(told(entry.void), 500) })}`);
  return `${lines.join('\n')}\n`;
}

/** A description, a note or a comment is what was done, and no reason for it. */
function isTextItself({ events }: LogEntry): boolean {
  return events.some((event) => v.is(textSchema, event));
}

const vias = (): Readonly<Record<string, string>> => ({
  editor: t('in the editor'),
  cli: t('on the command line'),
  auto: t('automatically'),
  import: t('by an import'),
});

const MINUTE_MS = 60_000;

function isFarApart(askedAt: string, at: string): boolean {
  return Math.abs(Date.parse(askedAt) - Date.parse(at)) > MINUTE_MS;
}
