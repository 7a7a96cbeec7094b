import type { LogEntry } from '../../catalog/read-models/log.ts';

/** A row of the Activity view: an entry of the log, or registrations that nobody watched, as one. */
export type ActivityRow =
  | { readonly kind: 'entry'; readonly entry: LogEntry }
  | { readonly kind: 'entries'; readonly entries: readonly LogEntry[] };

export interface ActivityDay {
  /** `2026-11-23`, in the person's own time. */
  readonly date: string;
  readonly rows: readonly ActivityRow[];
}

/** So many registrations in a row, made without a person, are one row. */
const MANY = 4;

/** The log, newest first, by days in the person's own time zone. */
export function activityDays(entries: readonly LogEntry[]): readonly ActivityDay[] {
  const days: { date: string; entries: LogEntry[] }[] = [];
  for (const entry of entries) {
    const date = dateOf(entry.at);
    const last = days.at(-1);
    if (last?.date === date) last.entries.push(entry);
    else days.push({ date, entries: [entry] });
  }
  return days.map((day) => ({ date: day.date, rows: rowsOf(day.entries) }));
}

function dateOf(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso.slice(0, 10);
  const part = (value: number) => String(value).padStart(2, '0');
  return `${time.getFullYear()}-${part(time.getMonth() + 1)}-${part(time.getDate())}`;
}

function rowsOf(entries: readonly LogEntry[]): readonly ActivityRow[] {
  const stretches: LogEntry[][] = [];
  for (const entry of entries) {
    const last = stretches.at(-1);
    if (last?.[0] && isUnwatched(last[0]) && isUnwatched(entry) && isSameModel(last[0], entry)) last.push(entry);
    else stretches.push([entry]);
  }
  return stretches.flatMap((stretch): readonly ActivityRow[] =>
    stretch.length >= MANY
      ? [{ kind: 'entries', entries: stretch }]
      : stretch.map((entry) => ({ kind: 'entry', entry })),
  );
}

function isUnwatched({ kind, via, void: isVoid }: LogEntry): boolean {
  return kind === 'registration' && via === 'auto' && isVoid === undefined;
}

function isSameModel(one: LogEntry, other: LogEntry): boolean {
  return one.subject !== undefined && one.subject.modelId === other.subject?.modelId;
}
