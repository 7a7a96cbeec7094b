import { closeSync, constants, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { systemErrorCode } from '../../base/errors.ts';

/**
 * Many small files are read here, in threads and on the command line, where nobody waits meanwhile: the way through Node's pool of threads
 * takes longer than reading them.
 */

/** The beginning of a file; undefined where there is none, or it can't be read. */
export function headOf(file: string, maxBytes: number): string | undefined {
  try {
    // Opening a pipe would wait for ever; reading one that nobody writes to gives nothing.
    const descriptor = openSync(file, READ_NEVER_WAITING);
    try {
      const buffer = maxBytes <= SHARED.length ? SHARED : Buffer.alloc(maxBytes);
      const bytesRead = readSync(descriptor, buffer, 0, maxBytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

const READ_NEVER_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Nothing else happens between reading into it and taking the text out. */
const SHARED = Buffer.alloc(64 * 1024);

/** What is in a folder, sorted; nothing where there is none, or it can't be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return [];
  }
}

export function isFolder(path: string): boolean {
  return kindOf(path) === 'folder';
}

export function isFile(path: string): boolean {
  return kindOf(path) === 'file';
}

function kindOf(path: string): 'folder' | 'file' | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() ? 'folder' : found?.isFile() ? 'file' : undefined;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
