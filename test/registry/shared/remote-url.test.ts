import { posix, win32 } from 'node:path';
import { expect, it } from 'vitest';
import { remoteUrl } from '../../../src/registry/shared/remote-url.ts';

it.each([
  [posix, '/mnt/team/', '/mnt/team'],
  [posix, '/', '/'],
  [posix, 'https://acme.blob.core.windows.net/models/', 'https://acme.blob.core.windows.net/models'],
  [win32, 'Z:\\team\\', 'Z:\\team'],
  [win32, 'Z:\\', 'Z:\\'],
  [win32, '\\\\nas\\team\\models\\', '\\\\nas\\team\\models'],
  [win32, '//nas/team/models/', '//nas/team/models'],
  [win32, '\\\\nas\\team\\', '\\\\nas\\team'],
  [win32, 'https://acme.blob.core.windows.net/models/', 'https://acme.blob.core.windows.net/models'],
])('a remote is remembered without a slash at its end, but for the root of a drive (%#)', (system, text, expected) => {
  expect(remoteUrl(text, system)).toBe(expected);
});

it.each([
  [posix, 'Z:\\team'],
  [posix, '\\\\nas\\team'],
  [win32, 'Z:team'],
  [win32, 'team\\models'],
])('a remote is no folder of another system, and no relative one (%#)', (system, text) => {
  expect(() => remoteUrl(text, system)).toThrow(/isn't the URL of a container or an absolute folder/);
});
