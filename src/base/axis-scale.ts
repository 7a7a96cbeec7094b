/** Values that lie so many times apart are told apart on a logarithmic axis only. */
const FAR_APART = 100;

/** Whether an axis from `least` to `greatest` shows more when it is logarithmic: learning rates from 1e-5 to 0.1. */
export function isLogarithmic(least: number, greatest: number): boolean {
  return least > 0 && greatest / least >= FAR_APART;
}
