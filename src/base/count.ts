import { exponentText } from './exponent.ts';
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

/** `12 %` of a share between 0 and 1, in tenths, and never 0 or 100 for what isn't quite: `< 0.1 %`, `> 99.9 %`. */
export function formatShare(share: number): string {
  const percent = Math.round(share * 1000) / 10;
  if (share > 0 && percent < 0.1) return `< ${formatNumber(0.1)} %`;
  if (share < 1 && percent > 99.9) return `> ${formatNumber(99.9)} %`;
  return `${formatNumber(percent)} %`;
}

/** `0.0123`, `1.2e-7`, and `from zero` where there was nothing to compare with: a relative change. */
export function formatChange(change: number | 'Infinity' | undefined): string {
  if (change === undefined) return '';
  if (change === 'Infinity') return t('from zero');
  if (change !== 0 && (change < 0.001 || change >= 1e6)) return exponentText(change, 1);
  return formatNumber(change, { maximumSignificantDigits: 3 });
}
