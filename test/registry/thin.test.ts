import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinCloud, thinCourse } from '../../src/registry/queries/thin.ts';

const points = fc
  .array(fc.record({ across: fc.double({ noNaN: true }), upright: fc.double({ noNaN: true }) }), { maxLength: 400 })
  .map((all) => all.sort((a, b) => a.across - b.across));

describe.each([
  ['a course', thinCourse],
  ['a cloud', thinCloud],
] as const)('%s of points', (_, thin) => {
  it('keeps its order, its greatest and least, and what has to be kept', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 4, max: 100 }), (all, limit) => {
        const kept = all.filter((_point, index) => index % 37 === 0);
        const thinned = thin(all, limit, (point) => kept.includes(point));
        expect(thinned.length).toBeLessThanOrEqual(Math.max(limit + 2, 4) + kept.length);
        expect(thinned).toEqual(all.filter((point) => thinned.includes(point)));
        for (const point of kept) expect(thinned).toContain(point);
        const uprights = (some: typeof all) => some.map(({ upright }) => upright);
        if (all.length === 0) return;
        expect(Math.max(...uprights([...thinned]))).toBe(Math.max(...uprights(all)));
        expect(Math.min(...uprights([...thinned]))).toBe(Math.min(...uprights(all)));
      }),
    );
  });
});
