import { afterEach, describe, expect, it } from 'vitest';
import { speak } from '../../src/base/language.ts';
import { sizeText } from '../../src/base/size.ts';

afterEach(() => speak(undefined));

describe('a size', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_960, '10 kB'],
    [999_600, '1.0 MB'],
    [5_250_000, '5.3 MB'],
    [45_000_000_000, '45 GB'],
    [2e18, '2000 PB'],
  ])('of %d is %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  it('is written as the language writes numbers', () => {
    speak({ tag: 'de', texts: {} });
    expect(sizeText(1600)).toBe('1,6 kB');
  });
});
