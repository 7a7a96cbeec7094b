import { dateLocale, formatNumber, t, tCount } from '../../base/language.ts';
import { formatMetric, type MetricLike } from '../../base/metrics.ts';
import { sizeText } from '../../base/size.ts';
import type { Via } from '../../extension/messages/core-types.ts';

let formats:
  | { readonly locale: string; readonly time: Intl.DateTimeFormat; readonly age: Intl.RelativeTimeFormat }
  | undefined;

/** Made once: that takes longer than a page of times. */
function formatsNow() {
  const locale = dateLocale();
  if (formats?.locale !== locale)
    formats = {
      locale,
      time: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
      age: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
    };
  return formats;
}

const units = [
  { unit: 'year', seconds: 31_557_600 },
  { unit: 'month', seconds: 2_629_800 },
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const;

/** `20 Nov 2026, 09:14` in the person's own time zone; the text itself where it isn't a time. */
export function formatTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : formatsNow().time.format(time);
}

/** Clocks of machines differ by less. */
const SKEW_MS = 86_400_000;

/** Whether a time is later than any clock that is nearly right. */
export function isInFuture(iso: string, nowMs: number): boolean {
  return Date.parse(iso) > nowMs + SKEW_MS;
}

/** `3 days ago`; of a clock that was wrong, what it said. */
export function formatAge(iso: string, nowMs: number): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  if (isInFuture(iso, nowMs)) return t('{time} (in the future)', { time: formatTime(iso) });
  const seconds = (time - nowMs) / 1000;
  for (const { unit, seconds: size } of units) {
    // Of 59 days nobody thinks as of last month.
    const isLong = unit === 'month' || unit === 'year';
    if (Math.abs(seconds) >= (isLong ? 2 * size : size))
      return formatsNow().age.format(Math.trunc(seconds / size), unit);
  }
  return t('just now');
}

/** `1 h 12 min` between two times; undefined where one isn't a time or they are the wrong way round. */
export function formatDuration(startedAt: string, endedAt: string): string | undefined {
  const seconds = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  if (Number.isNaN(seconds) || seconds < 0) return undefined;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${formatNumber(hours)} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** `12.4 MB in 3 files` */
export function sizeInFiles(bytes: number, files: number): string {
  return tCount(files, '{size} in {count} file', '{size} in {count} files', { size: sizeText(bytes) });
}

/** The first digits of a digest or commit, enough to tell it from others. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

const vias = (): Readonly<Record<Via, string>> => ({
  editor: t('in the editor'),
  cli: t('on the command line'),
  auto: t('automatically'),
  import: t('by an import'),
});

/** How an intent came about, after `registered by Ada`. */
export function formatVia(via: Via): string {
  return vias()[via];
}

/** A number with the minus that changes have, which no line ends after; for eyes, not for what is copied. */
export function withMinus(text: string): string {
  return /^-[\d.,I]/.test(text) ? `−${text.slice(1)}` : text;
}

/** A value of a metric or param as every page shows it: `0.9312`, `−3.2e-7`, `NaN`. */
export function metricText(value: MetricLike): string {
  return withMinus(formatMetric(value));
}

/**
 * Pads numbers of one column so that their decimal points stand above each other: a figure space is as wide as a digit.
 * Texts that aren't plain numbers stay.
 */
export function alignDecimals(texts: readonly string[]): readonly string[] {
  const [, point = '.'] = /^1(.)5$/.exec(formatNumber(1.5)) ?? [];
  const number = /^[-−+]?[\d.,\u2019\u00a0\u202f]+$/;
  const decimals = texts.map((text) =>
    number.test(text) && text.includes(point) ? text.length - text.lastIndexOf(point) : 0,
  );
  const widest = Math.max(0, ...decimals);
  return texts.map((text, index) => {
    const own = decimals[index] ?? 0;
    if (widest === 0 || !number.test(text)) return withMinus(text);
    // The point itself is as wide as a punctuation space.
    const shown = withMinus(text);
    return own === 0 ? `${shown}\u2008${'\u2007'.repeat(widest - 1)}` : `${shown}${'\u2007'.repeat(widest - own)}`;
  });
}
