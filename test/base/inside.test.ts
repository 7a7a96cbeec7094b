import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInside } from '../../src/base/inside.ts';

describe('a path', () => {
  it.each([
    ['/work/fraud', '/work/fraud', true],
    ['/work/fraud', '/work/fraud/models/a.bin', true],
    ['/work/fraud/', '/work/fraud/models/../data', true],
    ['/', '/work', true],
    ['/work/fraud', '/work/fraud/..data', true],
    ['/work/fraud', '/work/fraud-2/a.bin', false],
    ['/work/fraud', '/work', false],
    ['/work/fraud', '/work/fraud/../churn', false],
    ['/work/fraud', '/work/Fraud/a.bin', false],
  ])('below %s is %s: %s', (folder, path, expected) => {
    expect(isInside(folder, path, posix)).toBe(expected);
  });

  it.each([
    ['C:\\work\\fraud', 'c:\\Work\\Fraud\\models\\a.bin', true],
    ['C:\\work\\fraud', 'C:/work/fraud/a.bin', true],
    ['D:\\', 'D:\\a.bin', true],
    ['\\\\nas\\team\\fraud', '\\\\NAS\\team\\fraud\\a.bin', true],
    ['C:\\work\\fraud', 'C:\\work\\fraud-2\\a.bin', false],
    ['C:\\work\\fraud', 'D:\\work\\fraud\\a.bin', false],
    ['C:\\work\\fraud', '\\\\nas\\team\\fraud\\a.bin', false],
    ['\\\\nas\\team', '\\\\nas\\other\\a.bin', false],
  ])('on Windows, below %s is %s: %s', (folder, path, expected) => {
    expect(isInside(folder, path, win32)).toBe(expected);
  });
});
