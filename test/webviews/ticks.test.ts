import { describe, expect, it } from 'vitest';
import { padded, shareOf, spanOf, valueAt } from '../../src/base/axis-scale.ts';
import { shortTexts, ticksOf, tickTexts } from '../../src/webviews/shared/ticks.ts';

const even = { isLog: false };

function told(values: readonly number[], apart = 0.2): readonly string[] {
  const span = spanOf(values);
  if (!span) throw new Error('There are no values.');
  return tickTexts(ticksOf(span, apart), span);
}

describe('the numbers of an axis', () => {
  it('are round, with the same decimals all along', () => {
    expect(told([0.8, 0.93])).toEqual(['0.80', '0.85', '0.90']);
    expect(told([0, 1])).toEqual(['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']);
    expect(told([120_000, 124_000])).toEqual(['120,000', '121,000', '122,000', '123,000', '124,000']);
  });

  it('have the minus that tables have, and one way to write exponents', () => {
    expect(told([-3, 3])).toEqual(['−2', '0', '2']);
    expect(told([-1e308, 1e308])).toEqual(['−1e308', '−5e307', '0', '5e307', '1e308']);
    expect(told([-2e-7, 0])).toEqual(['−2e-7', '−1.5e-7', '−1e-7', '−5e-8', '0']);
    expect(told([0, 2e6])).toEqual(['0', '5e5', '1e6', '1.5e6', '2e6']);
  });

  it('are there whatever the ends are, and tell each other apart', () => {
    const max = Number.MAX_VALUE;
    for (const values of [
      [-max, max],
      [0, max],
      [max, max],
      [1e-308, 5e-308],
      [5e-324, max],
      [1, 1 + 1e-9],
      [900.001, 900.002],
      [-1e20, -1e20 + 1e6],
      [1e16, 1e16 + 8],
    ]) {
      const span = padded(spanOf(values) ?? { least: 0, greatest: 0, isLog: false });
      const ticks = ticksOf(span, 0.2);
      expect(ticks.length, String(values)).toBeGreaterThan(1);
      expect(ticks.every((tick) => tick >= span.least && tick <= span.greatest)).toBe(true);
      expect(new Set(tickTexts(ticks, span)).size, String(values)).toBe(ticks.length);
    }
  });

  it('are powers of ten where values lie far apart, and more between few of them', () => {
    expect(told([1e-5, 0.1])).toEqual(['1e-5', '1e-4', '0.001', '0.01', '0.1']);
    expect(told([1e-300, 1e300])).toEqual(['1e-200', '1', '1e200']);
    expect(told([1.5, 250])).toEqual(['2', '5', '10', '20', '50', '100', '200']);
  });

  it('that are asked for by themselves have as many digits as tell them from their neighbours', () => {
    const quarters = (least: number, greatest: number) =>
      shortTexts(
        [0, 1, 2, 3, 4].map((tick) => least + ((greatest - least) * tick) / 4),
        even,
      );
    expect(quarters(11.7, 11.74)).toEqual(['11.7', '11.71', '11.72', '11.73', '11.74']);
    expect(new Set(quarters(0.123456, 0.123457)).size).toBe(5);
    expect(shortTexts([-1.7e308, -1.9e303, 1.6e308], even)).toEqual(['−1.7e308', '0', '1.6e308']);
    expect(shortTexts([0.1, 0.0205, 0.0042, 0.00018], { isLog: true })).toEqual(['0.1', '0.0205', '0.0042', '1.8e-4']);
  });

  it('are where their shares say, also on the widest axis that there is', () => {
    for (const span of [
      { least: -Number.MAX_VALUE, greatest: Number.MAX_VALUE, isLog: false },
      { least: 5e-324, greatest: Number.MAX_VALUE, isLog: true },
    ]) {
      expect([shareOf(span, span.least), shareOf(span, span.greatest)]).toEqual([0, 1]);
      expect(shareOf(span, valueAt(span, 0.25))).toBeCloseTo(0.25);
    }
  });
});
