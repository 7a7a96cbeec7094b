import { describe, expect, it } from 'vitest';
import { readEarly } from '../../../src/extension/pages/read-early.ts';

describe('what is read early', () => {
  /** Counts what was read. */
  function counted() {
    let count = 0;
    return async () => {
      count += 1;
      return count;
    };
  }

  it('is given to whoever asks first, and read anew for the others', async () => {
    const early = readEarly(counted());
    expect([await early.next(), await early.next(), await early.next()]).toEqual([1, 2, 3]);
  });

  it('is read anew where it was outdated before anybody asked', async () => {
    const early = readEarly(counted());
    early.outdate();
    expect(await early.next()).toBe(2);
  });

  it('tells whoever asks what failed, and nobody else', async () => {
    const failing = readEarly(async () => {
      throw new Error('The disk is gone');
    });
    await expect(failing.next()).rejects.toThrow('The disk is gone');
  });
});
