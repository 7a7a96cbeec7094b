import type { Span } from '../../base/axis-scale.ts';
import { exponentText } from '../../base/exponent.ts';
import { formatNumber } from '../../base/language.ts';
import { metricText, withMinus } from './format.ts';

const MOST_DECIMALS = 6;
/** At most so many of the powers of ten are named. */
const MOST_POWERS = 7;

/** Values to name on an axis, of which each has at least `apart` of its length to itself. */
export function ticksOf(span: Span, apart: number): readonly number[] {
  return span.isLog ? powersOfTen(span, apart) : evenTicks(span, apart);
}

/** Multiples of 1, 2 or 5 times a power of ten. Where numbers have no digits left to tell them apart, the ends. */
function evenTicks({ least, greatest }: Span, apart: number): readonly number[] {
  // Halved, as the width of the widest axis is no number.
  const step = niceStep((greatest / 2 - least / 2) * apart * 2);
  const isTold = Number.isSafeInteger(Math.ceil(least / step)) && Number.isSafeInteger(Math.floor(greatest / step));
  return isTold ? multiplesOf(step, least, greatest) : [least, greatest];
}

function multiplesOf(step: number, least: number, greatest: number): readonly number[] {
  const [from, to] = [Math.ceil(least / step), Math.floor(greatest / step)];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, tick) => (from + tick) * step);
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least * (1 - 1e-9)) ?? least;
}

/** Powers of ten, some of them where there are many, and what is between where there are few. */
function powersOfTen({ least, greatest }: Span, apart: number): readonly number[] {
  // A whole power counts as one, whatever its logarithm comes out as.
  const [from, to] = [Math.log10(least) - 1e-9, Math.log10(greatest) + 1e-9];
  const step = Math.max(1, niceStep((to - from) * Math.max(apart, 1 / MOST_POWERS)));
  const powers = multiplesOf(step, from, to).map((power) => 10 ** power);
  if (powers.length >= 3 || step > 1) return powers;
  return multiplesOf(1, from - 1, to)
    .flatMap((power) => [1, 2, 5].map((factor) => factor * 10 ** power))
    .filter((value) => value >= least && value <= greatest);
}

/** With the same decimals all along, 0.91, 0.90, 0.89, where they are evenly apart. */
export function tickTexts(values: readonly number[], { isLog }: Pick<Span, 'isLog'>): readonly string[] {
  const texts = shortTexts(values, { isLog });
  const decimals = Math.max(0, ...values.map(decimalsOf));
  if (isLog || decimals > MOST_DECIMALS || texts.some((text) => text.includes('e'))) return texts;
  return values.map((value) =>
    withMinus(formatNumber(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })),
  );
}

/** Each as short as tells it from the others. */
export function shortTexts(values: readonly number[], { isLog }: Pick<Span, 'isLog'>): readonly string[] {
  if (isLog) return values.map((value) => tickText(value, 0, Math.abs(value)));
  const step = Math.abs((values[1] ?? 0) / 2 - (values[0] ?? 0) / 2) * 2;
  const greatest = Math.max(...values.map(Math.abs));
  return values.map((value) => tickText(value, step, greatest));
}

function decimalsOf(value: number): number {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals += 1)
    if (Math.abs(value - Number(value.toFixed(decimals))) <= Math.abs(value) * 1e-9) return decimals;
  return MOST_DECIMALS + 1;
}

/** Shorter than elsewhere, with as many digits as tell it from its neighbours, which are `step` away; 0 where they lie times apart. */
function tickText(value: number, step: number, greatest: number): string {
  const size = Math.abs(value);
  // What is left where ends that aren't quite alike meet in the middle.
  if (size === 0 || size < step / 1000) return '0';
  const digits = step > 0 ? Math.min(17, Math.ceil(Math.log10(size / step)) + 1) : 0;
  if (greatest >= 1e6 || size < 1e-3) return withMinus(exponentText(value, Math.max(1, digits - 1)));
  if (size < 1e-2 && size <= step * 10) return metricText(Number(value.toPrecision(2)));
  if (digits <= 3) return metricText(Number(value.toPrecision(3)));
  return withMinus(formatNumber(value, { maximumSignificantDigits: digits }));
}
