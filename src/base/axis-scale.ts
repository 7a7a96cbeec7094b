/** Values that lie so many times apart are told apart on a logarithmic axis only. */
const FAR_APART = 100;

/** Whether an axis from `least` to `greatest` shows more when it is logarithmic: learning rates from 1e-5 to 0.1. */
export function isLogarithmic(least: number, greatest: number): boolean {
  return least > 0 && greatest / least >= FAR_APART;
}

/** An axis of numbers, from end to end. */
export interface Span {
  readonly least: number;
  readonly greatest: number;
  readonly isLog: boolean;
}

/** From the least to the greatest of the values, whatever isn't a number left out; undefined without any. */
export function spanOf(values: readonly number[]): Span | undefined {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return least > greatest ? undefined : { least, greatest, isLog: isLogarithmic(least, greatest) };
}

/** From 0 at the lower end of an axis to 1 at its upper end; in the middle where all values are alike. */
export function shareOf({ least, greatest, isLog }: Span, value: number): number {
  if (greatest === least) return 0.5;
  if (isLog) return (Math.log(value) - Math.log(least)) / (Math.log(greatest) - Math.log(least));
  // Halved, as the width of the widest axis is no number.
  return (value / 2 - least / 2) / (greatest / 2 - least / 2);
}

/** The value at a share of an axis. */
export function valueAt({ least, greatest, isLog }: Span, share: number): number {
  if (isLog) return Math.exp(Math.log(least) + share * (Math.log(greatest) - Math.log(least)));
  return least * (1 - share) + greatest * share;
}

/** With a little room around what is there, as far as there are numbers. */
export function padded({ least, greatest, isLog }: Span): Span {
  if (isLog) return { least: Math.max(least / 1.3, Number.MIN_VALUE), greatest: finite(greatest * 1.3), isLog };
  const half = greatest > least ? (greatest / 2 - least / 2) * 0.06 : Math.abs(greatest / 2) * 0.05 || 0.5;
  return { least: finite(least - 2 * half), greatest: finite(greatest + 2 * half), isLog };
}

function finite(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}
