import { expect, it } from 'vitest';
import { withShownNumbers } from '../../src/base/exponent.ts';

it.each([
  ['loss -1e+308 is below -0.5', 'loss −1e308 is below −0.5'],
  ['0.3 (DE -0.1, FR -Infinity)', '0.3 (DE −0.1, FR −Infinity)'],
  ['difference [-0.02, 3.2e-7]', 'difference [−0.02, 3.2e-7]'],
  ['age 18-30 of gpt-4 on 2026-11-20 is 1e+20 --strict', 'age 18-30 of gpt-4 on 2026-11-20 is 1e20 --strict'],
])('numbers in a sentence are as tables have them: %s', (told, shown) => {
  expect(withShownNumbers(told)).toBe(shown);
});
