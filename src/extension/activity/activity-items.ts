import * as v from 'valibot';
import * as vscode from 'vscode';
import { dateLocale, t, tCount } from '../../base/language.ts';
import { provenText } from '../../base/proven.ts';
import { told } from '../../base/retold.ts';
import type { LogEntry, LogKind } from '../../catalog/read-models/log.ts';
import { appendWords } from '../plain-markdown.ts';
import { facts, inQuotes, momentText, oneLine } from '../version-text.ts';
import type { ActivityDay, ActivityRow } from './activity-rows.ts';
import { aboutOf, entryWords } from './entry-words.ts';

const icons: Readonly<Record<LogKind, string>> = {
  registration: 'add',
  stage: 'rocket',
  review: 'checklist',
  remark: 'comment',
  measurement: 'graph',
  change: 'edit',
};

/** A change of stage by what it was. */
const stageIcons: Readonly<Record<string, string>> = {
  promote: 'arrow-up',
  rollback: 'discard',
  demote: 'arrow-down',
  archive: 'archive',
};
const movesSchema = v.array(v.object({ type: v.string(), kind: v.optional(v.string()) }));

const vias = (): Readonly<Record<string, string>> => ({
  editor: t('in the editor'),
  cli: t('on the command line'),
  auto: t('automatically'),
  import: t('by an import'),
});

/** `Today`, `Yesterday`, `Mon 23 November`: as long as fits into the narrowest side bar. */
function dayText(date: string, now = new Date()): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const then = new Date(year, month - 1, day);
  if (Number.isNaN(then.getTime())) return date;
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const days = Math.round((today.getTime() - then.getTime()) / 86_400_000);
  if (days === 0) return t('Today');
  if (days === 1) return t('Yesterday');
  const withYear = then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return then.toLocaleDateString(dateLocale(), { weekday: 'short', day: 'numeric', month: 'long', ...withYear });
}

export function dayItem(registryDir: string, { date, rows }: ActivityDay): vscode.TreeItem {
  const item = new vscode.TreeItem(dayText(date), vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${registryDir}#${date}`;
  item.contextValue = 'day';
  item.accessibilityInformation = {
    label: `${dayText(date)}, ${tCount(rows.length, '{count} entry', '{count} entries')}`,
  };
  return item;
}

function clockText(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return '';
  return time.toLocaleTimeString(dateLocale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** Many registrations as one row, which begins with what they are of. */
export function entriesItem(
  registryDir: string,
  { entries }: Extract<ActivityRow, { kind: 'entries' }>,
): vscode.TreeItem {
  const [newest, oldest] = [entries[0], entries.at(-1)];
  const many = tCount(
    entries.length,
    '{count} version registered automatically',
    '{count} versions registered automatically',
  );
  const first = aboutOf(oldest?.summary ?? '');
  const last = /@\d+$/.exec(aboutOf(newest?.summary ?? '') ?? '')?.[0];
  const isNamed = first !== undefined && last !== undefined;
  const item = new vscode.TreeItem(isNamed ? `${first} – ${last}` : many, vscode.TreeItemCollapsibleState.Collapsed);
  // By the oldest, which stays the same while more are registered.
  item.id = `${registryDir}#entries#${oldest?.cursor ?? ''}`;
  item.iconPath = new vscode.ThemeIcon('layers');
  item.description = facts(isNamed ? many : undefined, clockText(newest?.at ?? ''));
  item.contextValue = 'entries';
  return item;
}

/** An entry of the log, which leads to the page of what it is about. The row begins with what tells it apart, because a narrow side bar shows no more. */
export function entryItem(
  registryDir: string,
  node: { readonly entry: LogEntry },
  preferred: string | undefined,
): vscode.TreeItem {
  const { entry } = node;
  const { kind, by, at, subject, pending } = entry;
  const summary = oneLine(told(entry.summary), 200);
  const isVoid = entry.void !== undefined;
  const words = isVoid ? undefined : entryWords(entry, preferred);
  const item = new vscode.TreeItem(words?.label ?? summary);
  item.id = `${registryDir}#entry#${entry.cursor}`;
  item.iconPath = iconOf(entry);
  const details = facts(
    isVoid ? t('had no effect') : undefined,
    pending === true ? t('not shared yet') : undefined,
    clockText(at),
    oneLine(by.name === '' ? by.email : by.name, 60),
  );
  item.description = facts(words?.what, details);
  item.tooltip = tooltipOf(entry);
  item.contextValue = [
    'entry',
    subject ? (subject.versionId === undefined ? 'model' : 'version') : 'none',
    isVoid ? 'void' : kind,
  ].join(':');
  if (subject?.versionId !== undefined)
    item.command = { command: 'modelRegistry.showVersion', title: t('Show Version'), arguments: [node] };
  else if (subject) item.command = { command: 'modelRegistry.showModel', title: t('Show Model'), arguments: [node] };
  item.accessibilityInformation = {
    label: facts(summary, details, oneLine(entry.reason ?? '', 200)),
  };
  return item;
}

function iconOf({ kind, void: isVoid, pending, events }: LogEntry): vscode.ThemeIcon {
  if (isVoid !== undefined) return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('disabledForeground'));
  if (pending === true) return new vscode.ThemeIcon('cloud-upload');
  const moves = v.safeParse(movesSchema, events);
  const how = moves.success ? (moves.output.find(({ type }) => type === 'stage.changed')?.kind ?? '') : '';
  return new vscode.ThemeIcon(Object.hasOwn(stageIcons, how) ? (stageIcons[how] ?? icons[kind]) : icons[kind]);
}

/** What people wrote is only ever added as text. */
function tooltipOf(entry: LogEntry): vscode.MarkdownString {
  const { by, at, askedAt, via, reason, seq } = entry;
  const lines = [
    reason === undefined || reason === '' ? '' : inQuotes(reason, 600),
    entry.void === undefined ? '' : t('It had no effect: {why}', { why: oneLine(told(entry.void), 400) }),
    `${facts(`${by.name} (${provenText(by)})`, vias()[via] ?? oneLine(via, 40))}`,
    Math.abs(Date.parse(askedAt) - Date.parse(at)) > 60_000
      ? t('{moment}, asked for {askedAt}', { moment: momentText(at), askedAt: momentText(askedAt) })
      : momentText(at),
    entry.pending === true ? t('Not in the shared log yet') : t('Commit {seq} of the log', { seq }),
  ];
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown('**');
  appendWords(markdown, oneLine(told(entry.summary), 400));
  markdown.appendMarkdown('**');
  for (const line of lines) {
    if (line === '') continue;
    markdown.appendMarkdown('  \n');
    appendWords(markdown, line);
  }
  return markdown;
}
