import type { Via } from '../../extension/messages.ts';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

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
  return Number.isNaN(time) ? iso : dateTime.format(time);
}

/** `3 days ago`. */
export function formatAge(iso: string, nowMs: number): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const seconds = (time - nowMs) / 1000;
  for (const { unit, seconds: size } of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return 'just now';
}

/** `1 h 12 min` between two times; undefined where one isn't a time or they are the wrong way round. */
export function formatDuration(startedAt: string, endedAt: string): string | undefined {
  const seconds = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  if (Number.isNaN(seconds) || seconds < 0) return undefined;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours.toLocaleString('en-US')} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** `12.4 MB`, in steps of 1024. */
export function formatBytes(bytes: number): string {
  const names = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let size = bytes;
  let step = 0;
  while (size >= 1024 && step < names.length - 1) {
    size /= 1024;
    step += 1;
  }
  const text = step === 0 || size >= 100 ? String(Math.round(size)) : size.toFixed(1);
  return bytes === 1 ? '1 byte' : `${text} ${names[step] ?? ''}`;
}

/** `1 file`, `3 files`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** The first digits of a digest or commit, enough to tell it from others. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

const vias: Readonly<Record<Via, string>> = {
  editor: 'in the editor',
  cli: 'on the command line',
  auto: 'automatically',
  import: 'by an import',
};

/** How an intent came about, after `registered by Ada`. */
export function formatVia(via: Via): string {
  return vias[via];
}

/**
 * Pads numbers of one column so that their decimal points stand above each other: a figure space is as wide as a digit.
 * Texts that aren't plain numbers stay.
 */
export function alignDecimals(texts: readonly string[]): readonly string[] {
  const decimals = texts.map((text) => /^[-−+]?[\d,]+(\.\d+)?$/.exec(text)?.[1]?.length ?? 0);
  const widest = Math.max(0, ...decimals);
  return texts.map((text, index) => {
    const own = decimals[index] ?? 0;
    if (widest === 0 || !/^[-−+]?[\d,.]+$/.test(text)) return text;
    // The point itself is as wide as a punctuation space.
    return own === 0 ? `${text}\u2008${'\u2007'.repeat(widest - 1)}` : `${text}${'\u2007'.repeat(widest - own)}`;
  });
}
