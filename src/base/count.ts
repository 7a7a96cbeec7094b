import { formatNumber, t } from './language.ts';

/** `7.24 B`, `110 M`, `1,204`: how many parameters, as people say it. */
export function formatCount(count: number): string {
  for (const [size, letter] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
  ] as const) {
    if (count >= size) return `${formatNumber(count / size, { maximumSignificantDigits: 3 })} ${letter}`;
  }
  return formatNumber(count);
}

/** `110 M parameters` */
export function parametersText(count: number): string {
  const number = formatCount(count);
  return count === 1 ? t('{number} parameter', { number }) : t('{number} parameters', { number });
}

/** `12 %` of a share between 0 and 1, in three digits at most, and never 0 or 100 for what isn't quite. */
export function formatShare(share: number): string {
  const percent = share * 100 >= 99.95 || share * 100 < 0.05 ? share * 100 : Math.round(share * 1000) / 10;
  return `${formatNumber(percent, { maximumSignificantDigits: 3 })} %`;
}

/** `0.0123`, `1.2e-7`, and `from zero` where there was nothing to compare with: a relative change. */
export function formatChange(change: number | 'Infinity' | undefined): string {
  if (change === undefined) return '';
  if (change === 'Infinity') return t('from zero');
  return change >= 0.001 || change === 0 ? String(Number(change.toPrecision(3))) : change.toExponential(1);
}
