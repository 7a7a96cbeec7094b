import { formatNumber, tCount } from './language.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** The bytes that a person means by `500MB`, `1.5 TiB` or `1000`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (digits === undefined || factor === undefined) return undefined;
  const bytes = Math.round(Number(digits) * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const LARGER = ['kB', 'MB', 'GB', 'TB', 'PB'];

/** `256 bytes`, `1.6 kB`, `31 GB`, in steps of 1000, as the language writes numbers. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return tCount(bytes, '{count} byte', '{count} bytes');
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < LARGER.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 9.95 ? 1 : 0;
  const text = formatNumber(value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
  return `${text} ${LARGER[unit]}`;
}
