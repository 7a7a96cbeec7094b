import { describe, expect, it } from 'vitest';
import { periodsBefore } from '../../../src/extension/models-tree/periods.ts';

describe('the times of a calendar', () => {
  it('follow each other without a gap, from today back', () => {
    for (const now of [
      new Date(2026, 10, 26, 1),
      new Date(2026, 0, 1),
      new Date(2028, 1, 29, 23, 59),
      new Date(2026, 2, 7),
    ]) {
      const periods = periodsBefore(now);
      for (const [index, { since, until }] of periods.entries()) {
        const next = periods[index + 1];
        expect(next?.until).toBe(since);
        if (since !== undefined && until !== undefined) expect(since < until).toBe(true);
      }
      expect(periods[0]).toMatchObject({ label: 'Today' });
      expect(periods.at(-1)?.since).toBeUndefined();
      expect(new Set(periods.map(({ label }) => label)).size).toBe(periods.length);
    }
  });

  it('are months once a week is over', () => {
    const labels = periodsBefore(new Date(2026, 10, 26)).map(({ label }) => label);
    expect(labels.slice(0, 6)).toEqual([
      'Today',
      'Yesterday',
      'Last seven days',
      'November 2026',
      'October 2026',
      'September 2026',
    ]);
  });
});
