import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HistoryBuilder, MAX_POINTS } from '../../src/runs/history.ts';

describe('the course of a metric', () => {
  it('is kept as it is where it is short, and a single value has none', () => {
    const history = new HistoryBuilder();
    history.add('once', { step: 3, value: 1 });
    for (const step of [2, 0, 1]) history.add('auc', { step, value: step / 2, atMs: 1000 + step });
    expect(history.build().history).toEqual({
      auc: { total: 3, points: [0, 1, 2].map((step) => ({ step, value: step / 2, atMs: 1000 + step })) },
    });
    expect([...history.last()]).toEqual([
      ['once', 1],
      ['auc', 1],
    ]);
  });

  it('is thinned to a bounded number of points, with first, last, smallest and largest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9000 }), fc.nat(8999), fc.nat(8999), (total, low, high) => {
        const history = new HistoryBuilder();
        const valueAt = (step: number) => (step === low ? -1000 : step === high ? 1000 : Math.sin(step));
        for (let step = 0; step < total; step += 1) history.add('m', { step, value: valueAt(step) });
        const found = history.build().history?.m;
        if (total === 1) {
          expect(found).toBeUndefined();
          return;
        }
        const steps = found?.points.map(({ step }) => step) ?? [];
        expect(found?.total).toBe(total);
        expect(steps.length).toBeLessThanOrEqual(MAX_POINTS);
        expect(steps.length).toBeGreaterThanOrEqual(Math.min(total, MAX_POINTS / 4));
        expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
        expect([steps[0], steps.at(-1)]).toEqual([0, total - 1]);
        if (low < total && low !== high) expect(steps).toContain(low);
        if (high < total && low !== high) expect(steps).toContain(high);
      }),
      { numRuns: 40 },
    );
  });

  it('shares the room with those of all other metrics', () => {
    const history = new HistoryBuilder();
    for (let name = 0; name < 3000; name += 1)
      for (let step = 0; step < 60; step += 1) history.add(`m${name}`, { step, value: step });
    const found = Object.values(history.build().history ?? {});
    expect(found.length).toBe(2000);
    expect(found.reduce((sum, { points }) => sum + points.length, 0)).toBeLessThanOrEqual(60_000);
  });
});
