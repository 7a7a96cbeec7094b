import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, shortName } from '../../src/base/short-name.ts';

describe('a name that is too long', () => {
  it('loses its middle', () => {
    expect(shortName('fraud-detector', 14)).toBe('fraud-detector');
    expect(shortName('fraud-detector-of-germany', 14)).toBe('fraud-det…many');
  });

  it('is cut between characters as people see them', () => {
    const family = '👨‍👩‍👧';
    expect(shortName(family.repeat(12), 12)).toBe(family.repeat(12));
    expect(shortName(family.repeat(13), 12)).toBe(`${family.repeat(7)}…${family.repeat(4)}`);
    const accented = 'e\u0301'.repeat(30);
    expect(shortName(accented, 10)).toBe(`${'e\u0301'.repeat(6)}…${'e\u0301'.repeat(3)}`);
  });

  it('is as long as it may be at most, and whole letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (name, most) => {
        const short = shortName(name, most);
        expect(short.isWellFormed()).toBe(true);
        const [start = '', ...ends] = short === name ? [name] : short.split('…');
        expect(name.startsWith(start)).toBe(true);
        expect(name.endsWith(ends.at(-1) ?? '')).toBe(true);
        expect([...new Intl.Segmenter().segment(short)].length).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe('the beginning of a long text', () => {
  it('says that there is more, and breaks no character', () => {
    expect(beginningOf('fraud-detector', 14)).toBe('fraud-detector');
    expect(beginningOf('fraud-detector-of-germany', 14)).toBe('fraud-detecto…');
    expect(beginningOf('fraud 👨‍👩‍👧 detector', 9)).toBe('fraud…');
    expect(beginningOf('🇩🇪🇫🇷🇧🇷', 9)).toBe('🇩🇪🇫🇷…');
  });
});
