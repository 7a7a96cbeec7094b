import { RegistryError } from './errors.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * The moment that a person named, as ISO 8601 in UTC: `now`, a date (its end, in local time), or a date and time, local unless it
 * names its zone. Throws `TIME_INVALID`.
 */
export function momentOf(text: string, nowMs: number): string {
  const wanted = text.trim();
  if (wanted.toLowerCase() === 'now') return new Date(nowMs).toISOString();
  const day = DAY.test(wanted) ? wanted : TIME.exec(wanted)?.[1];
  const moment = new Date(DAY.test(wanted) ? `${wanted}T23:59:59.999` : wanted.replace(' ', 'T'));
  if (day === undefined || !isOnCalendar(day) || Number.isNaN(moment.getTime())) {
    throw new RegistryError(
      'TIME_INVALID',
      `"${text}" is no time. Write now, a date like 2026-05-03, or a time like 2026-05-03T14:00 or 2026-05-03T14:00:00Z.`,
    );
  }
  return moment.toISOString();
}

/** False for 31 February, which `Date` takes for 3 March. */
function isOnCalendar(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
