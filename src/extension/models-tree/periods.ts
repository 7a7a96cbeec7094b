import { dateLocale, t } from '../../base/language.ts';
/** A time in which versions were registered, in the words of a calendar. */
export interface Period {
  readonly label: string;
  /** ISO 8601; the first has no end, the last no beginning. */
  readonly since?: string;
  readonly until?: string;
}

/** So many months back are told apart. */
const MONTHS = 24;

/** Today, yesterday, the week before, and then months, in the person's own time zone; the newest first. */
export function periodsBefore(now: Date): readonly Period[] {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const at = (date: Date) => date.toISOString();
  const today = new Date(year, month, day);
  const yesterday = new Date(year, month, day - 1);
  const weekAgo = new Date(year, month, day - 7);
  const periods: Period[] = [
    { label: t('Today'), since: at(today) },
    { label: t('Yesterday'), since: at(yesterday), until: at(today) },
    { label: t('Last seven days'), since: at(weekAgo), until: at(yesterday) },
  ];
  let until = weekAgo;
  for (let back = 0; back < MONTHS; back += 1) {
    const since = new Date(year, month - back, 1);
    if (since >= until) continue;
    const label = since.toLocaleDateString(dateLocale(), { month: 'long', year: 'numeric' });
    periods.push({ label, since: at(since), until: at(until) });
    until = since;
  }
  return [...periods, { label: t('Older'), until: at(until) }];
}
