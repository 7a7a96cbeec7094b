import { describe, expect, it } from 'vitest';
import { type Progress, withSpeed } from '../../src/base/progress.ts';

describe('the speed of a transfer', () => {
  it('is that of the last seconds, and begins anew with another step', () => {
    let now = 0;
    const seen: Progress[] = [];
    const listener = withSpeed(
      (progress) => seen.push(progress),
      () => now,
    );
    const at = (seconds: number, doneBytes: number, step = 'Uploading') => {
      now = seconds * 1000;
      listener({ step, doneBytes, totalBytes: 10_000 });
      return seen.at(-1)?.bytesPerSecond;
    };
    expect(at(0, 0)).toBeUndefined();
    expect(at(0.1, 100)).toBeUndefined();
    expect(at(1, 1000)).toBe(1000);
    expect(at(2, 2000)).toBe(1000);
    // It has become slower, and what was before doesn't count for long.
    expect(at(10, 2400)).toBe(50);
    expect(at(11, 2450, 'Downloading')).toBeUndefined();
    expect(at(12, 2450, 'Downloading')).toBeUndefined();
    expect(at(13, 0, 'Downloading')).toBeUndefined();
  });
});
