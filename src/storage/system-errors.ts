import { basename, dirname } from 'node:path';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';

/** What files begin with that nobody reads yet: keys can't start with a dot. */
export const TEMPORARY_PREFIX = '.tmp-';

/** True for the errors of Node that say that there is no such file. */
export function isAbsent(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR');
}

/** True for a system error with one of `codes`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(systemErrorCode(error) ?? '');
}

/** Reads from `path`; a system error becomes `STORAGE_FAILED`. */
export function reading<T>(path: string, action: () => Promise<T>): Promise<T> {
  return explained(action, (error) => readError(error, path));
}

/** Writes to `path`; a system error becomes `STORAGE_FULL`, `STORAGE_READONLY` or `STORAGE_FAILED`. */
export function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  return explained(action, (error) => writeError(error, path));
}

async function explained<T>(action: () => Promise<T>, explain: (error: unknown) => RegistryError): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw RegistryError.is(error) ? error : explain(error);
  }
}

/** The error for a file system that gives no second name to a file. */
export function noHardLinks(folder: string, cause: unknown): RegistryError {
  return new RegistryError(
    'NO_ATOMIC_CREATE',
    `The file system of ${folder} has no hard links, which a registry needs to write safely (network drives and memory cards often lack them). Choose a folder on a local disk: --registry, or the setting modelRegistry.registryPath.`,
    { cause },
  );
}

function readError(cause: unknown, path: string): RegistryError {
  if (hasCode(cause, 'EACCES', 'EPERM')) {
    return new RegistryError('STORAGE_FAILED', `${path} can't be read. Check its permissions.`, { cause });
  }
  return new RegistryError(
    'STORAGE_FAILED',
    `${path} couldn't be read: ${reasonOf(cause)}. Try again, and check the disk if it stays so.`,
    { cause },
  );
}

function writeError(cause: unknown, place: string): RegistryError {
  // Nobody knows the name of a file that was about to be written.
  const path = basename(place).startsWith(TEMPORARY_PREFIX) ? dirname(place) : place;
  if (hasCode(cause, 'ENOSPC', 'EDQUOT')) {
    return new RegistryError('STORAGE_FULL', `There is no space left to write ${path}. Free some and try again.`, {
      cause,
    });
  }
  if (hasCode(cause, 'EACCES', 'EPERM', 'EROFS')) {
    return new RegistryError(
      'STORAGE_READONLY',
      `${path} can't be written: ${reasonOf(cause)}. Check the permissions of the folder, or choose another: --registry, or the setting modelRegistry.registryPath.`,
      { cause },
    );
  }
  return new RegistryError(
    'STORAGE_FAILED',
    `${path} couldn't be written: ${reasonOf(cause)}. Try again, and check the disk if it stays so.`,
    { cause },
  );
}

function reasonOf(cause: unknown): string {
  switch (systemErrorCode(cause)) {
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    case 'EPERM':
      return 'the system forbids it (EPERM), as for what is marked immutable';
    case 'EROFS':
      return 'the file system is read-only';
    case 'EFBIG':
      return 'it is larger than the file system or a limit of this process allows';
    case 'EIO':
      return 'the disk reported an error';
    default:
      return systemErrorCode(cause) ?? messageOf(cause);
  }
}

const RETRIES = 6;

/**
 * Repeats `action`, for about 0.6 s altogether, while the system says that a file is in use: scanners on Windows hold new files open
 * for a moment, and there that shows as a lack of permission as well.
 */
export async function retryWhileBusy<T>(
  action: () => Promise<T>,
  {
    platform = process.platform,
    delay = nodeFileSystem.delay,
  }: { readonly platform?: NodeJS.Platform; readonly delay?: FileSystem['delay'] } = {},
): Promise<T> {
  const busy = platform === 'win32' ? ['EBUSY', 'EPERM', 'EACCES'] : ['EBUSY'];
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt === RETRIES || !hasCode(error, ...busy)) throw error;
      await delay(10 * 2 ** attempt);
    }
  }
}
