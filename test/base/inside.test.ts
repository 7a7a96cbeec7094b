import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInside, pathInside, recordedPath } from '../../src/base/inside.ts';

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

describe('the way to a path', () => {
  it.each([
    [posix, '/work', '/work/data/a.csv', 'data/a.csv'],
    [posix, '/work', '/work', ''],
    [posix, '/work', '/work/..2026/a.csv', '..2026/a.csv'],
    [posix, '/work', '/work/back\\slash.csv', 'back\\slash.csv'],
    [posix, '/work', '/data/a.csv', undefined],
    [win32, 'c:\\work', 'C:\\Work\\Data\\A.csv', 'Data/A.csv'],
    [win32, 'C:\\', 'c:\\a.csv', 'a.csv'],
    [win32, '\\\\nas\\team', '\\\\NAS\\Team\\data\\a.csv', 'data/a.csv'],
    [win32, 'C:\\work', 'D:\\data\\a.csv', undefined],
    [win32, 'C:\\work', '\\\\nas\\team\\a.csv', undefined],
  ])('has slashes, and there is none out of the folder (%#)', (system, folder, path, expected) => {
    expect(pathInside(folder, path, system)).toBe(expected);
  });

  it.each([
    [posix, '/home/ada/work', '/home/ada/work/data/a.csv', 'data/a.csv'],
    [posix, '/home/ada/work', '/home/ada/a.csv', 'a.csv'],
    [posix, '/home/ada/work', '/home/ada/work', 'work'],
    [win32, 'C:\\Users\\ada\\work', 'c:\\users\\ada\\work\\data\\a.csv', 'data/a.csv'],
    [win32, 'C:\\Users\\ada\\work', 'C:\\Users\\ada\\a.csv', 'a.csv'],
    [win32, 'C:\\Users\\ada\\work', 'D:\\ada\\a.csv', 'a.csv'],
    [win32, 'C:\\Users\\ada\\work', '\\\\nas\\ada\\a.csv', 'a.csv'],
  ])('is recorded, and of others the name alone (%#)', (system, folder, path, expected) => {
    expect(recordedPath(folder, path, system)).toBe(expected);
  });
});
