import { expect, it } from 'vitest';
import { exactText, exponentText, withShownNumbers } from '../../src/base/exponent.ts';

it.each([
  ['loss -1e+308 is below -0.5', 'loss −1e308 is below −0.5'],
  ['0.3 (DE -0.1, FR -Infinity)', '0.3 (DE −0.1, FR −Infinity)'],
  ['difference [-0.02, 3.2e-7]', 'difference [−0.02, 3.2e-7]'],
  ['age 18-30 of gpt-4 on 2026-11-20 is 1e+20 --strict', 'age 18-30 of gpt-4 on 2026-11-20 is 1e20 --strict'],
])('numbers in a sentence are as tables have them: %s', (told, shown) => {
  expect(withShownNumbers(told)).toBe(shown);
});

it('the smallest number there is has one digit, as it is typed and as gates have it', () => {
  expect(exponentText(5e-324, 3)).toBe('5e-324');
  expect(exponentText(-5e-324, 3)).toBe(exactText(-5e-324));
  expect([exponentText(1.23456e-7, 3), exponentText(1e308, 3)]).toEqual(['1.235e-7', '1e308']);
});
