import { describe, expect, it } from 'vitest';
import { momentOf } from '../../src/base/moment.ts';
import { agoText } from '../../src/cli/time.ts';

const now = Date.parse('2026-11-23T09:00:00.000Z');

describe('a moment', () => {
  it('is now, or an ISO time in any zone', () => {
    expect(momentOf('now', now)).toBe('2026-11-23T09:00:00.000Z');
    expect(momentOf('2026-05-03T14:00:00Z', now)).toBe('2026-05-03T14:00:00.000Z');
    expect(momentOf('2026-05-03T14:00:00+02:00', now)).toBe('2026-05-03T12:00:00.000Z');
  });

  it('is local without a zone, and a date is its end', () => {
    expect(momentOf('2026-05-03T14:00', now)).toBe(new Date(2026, 4, 3, 14).toISOString());
    expect(momentOf('2026-05-03 14:00', now)).toBe(new Date(2026, 4, 3, 14).toISOString());
    expect(momentOf('2026-05-03', now)).toBe(new Date(2026, 4, 3, 23, 59, 59, 999).toISOString());
  });

  it.each([
    '',
    '5',
    'yesterday',
    '2026',
    '2026-02-31',
    '2026-02-31T10:00Z',
    '2026-13-01',
    '2026-05-03T25:00',
    '1/2/2026',
  ])('is not "%s"', (text) => {
    expect(() => momentOf(text, now)).toThrow(/is no time\. Write now, a date like/);
  });
});

describe('how long ago', () => {
  it('is told in the largest unit', () => {
    const ago = (seconds: number) => agoText(new Date(now - seconds * 1000).toISOString(), now);
    expect([5, 60, 59 * 60, 3600, 26 * 3600, 8 * 86_400, 40 * 86_400, 800 * 86_400].map(ago)).toEqual([
      'just now',
      '1 minute ago',
      '59 minutes ago',
      '1 hour ago',
      'yesterday',
      'last week',
      'last month',
      '2 years ago',
    ]);
    expect(ago(-7200)).toBe('in 2 hours');
  });
});
