import { provenText } from '../../base/proven.ts';
import type { LogEntry } from '../../registry/api.ts';
import { oneLine } from '../version-text.ts';

/** The log as people read it: newest first, a paragraph for each entry. */
export function logText(title: string, entries: readonly LogEntry[], hasMore: boolean): string {
  const head = `${title}\nNewest first. Times are those of the log, in UTC.\n`;
  const body = entries.length === 0 ? 'Nothing has happened yet.\n' : entries.map(entryText).join('\n');
  const tail = hasMore ? '\nOlder entries are shown by: model-registry log\n' : '';
  return `${head}\n${body}${tail}`;
}

function entryText(entry: LogEntry): string {
  const { seq, at, by, via, summary, reason, askedAt } = entry;
  const name = by.email === '' ? by.name : `${by.name} <${by.email}>`;
  const who = name === '' ? name : `${name} (${provenText(by)})`;
  const lines = [
    `${at.slice(0, 19).replace('T', ' ')}  #${seq}  ${oneLine(summary, 500)}`,
    `  by ${oneLine(who)}${via === '' ? '' : `, ${vias[via] ?? oneLine(via, 40)}`}`,
  ];
  if (reason !== undefined && reason !== '') lines.push(`  reason: ${oneLine(reason, 2000)}`);
  if (isFarApart(askedAt, at)) lines.push(`  the author's clock said ${oneLine(askedAt, 40)}`);
  if (entry.void !== undefined) lines.push(`  had no effect: ${oneLine(entry.void, 500)}`);
  return `${lines.join('\n')}\n`;
}

const vias: Readonly<Record<string, string>> = {
  editor: 'in the editor',
  cli: 'on the command line',
  auto: 'automatically',
  import: 'by an import',
};

const MINUTE_MS = 60_000;

function isFarApart(askedAt: string, at: string): boolean {
  return Math.abs(Date.parse(askedAt) - Date.parse(at)) > MINUTE_MS;
}
