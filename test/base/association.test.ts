import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupAssociation, rankCorrelation } from '../../src/base/association.ts';

const finite = fc.integer({ min: -1000, max: 1000 });
const pairs = fc.array(fc.tuple(finite, finite), { minLength: 5, maxLength: 40 });

describe('the rank correlation', () => {
  it('is 1 for what rises together, whatever the scale, −1 for what falls, and as computed elsewhere between', () => {
    expect(rankCorrelation([1e-5, 1e-4, 1e-3, 1e-2, 1e-1], [1, 2, 3, 4, 5])).toBe(1);
    expect(rankCorrelation([1, 2, 3, 4, 5], [5, 4, 3, 2, 1])).toBe(-1);
    // scipy.stats.spearmanr([1, 2, 2, 3, 5], [2, 1, 4, 3, 5])
    expect(rankCorrelation([1, 2, 2, 3, 5], [2, 1, 4, 3, 5])).toBeCloseTo(0.6669, 4);
  });

  it('is nothing of few values, of values that are alike, and leaves out what isn’t there', () => {
    expect(rankCorrelation([1, 2, 3, 4], [1, 2, 3, 4])).toBeUndefined();
    expect(rankCorrelation([1, 1, 1, 1, 1], [1, 2, 3, 4, 5])).toBeUndefined();
    expect(rankCorrelation([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, Number.NaN])).toBe(1);
  });

  it('lies between −1 and 1, is the same both ways, and keeps under what keeps the order', () => {
    fc.assert(
      fc.property(pairs, (found) => {
        const [ones, others] = [found.map(([one]) => one), found.map(([, other]) => other)];
        const result = rankCorrelation(ones, others);
        expect(rankCorrelation(others, ones)).toBe(result);
        expect(
          rankCorrelation(
            ones.map((value) => value ** 3),
            others,
          ),
        ).toBe(result);
        if (result !== undefined) expect(Math.abs(result)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the association with groups', () => {
  it('is 1 where groups tell all, and 0 where they tell nothing', () => {
    expect(groupAssociation([0, 0, 0, 1, 1, 1], [1, 1, 1, 2, 2, 2])).toBe(1);
    expect(groupAssociation([0, 0, 1, 1, 0, 1], [1, 2, 1, 2, 3, 3])).toBe(0);
    expect(groupAssociation([0, 1, 2, 3, 4], [1, 2, 3, 4, 5])).toBeUndefined();
    expect(groupAssociation([0, 0, 0, 0, 0], [1, 2, 3, 4, 5])).toBeUndefined();
    expect(groupAssociation([-1, 0, 0, 1, 1, 1], [9, 1, 1, 2, 2, 2])).toBe(1);
  });

  it('lies between 0 and 1', () => {
    const grouped = fc.array(fc.tuple(fc.integer({ min: -1, max: 3 }), finite), { maxLength: 40 });
    fc.assert(
      fc.property(grouped, (found) => {
        const result = groupAssociation(
          found.map(([group]) => group),
          found.map(([, value]) => value),
        );
        if (result !== undefined) expect(result >= 0 && result <= 1).toBe(true);
      }),
    );
  });
});
