import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { checkKey, checkPrefix } from './keys.ts';
import type { ObjectHead, PutOutcome, StagedObject, StagingStore } from './object-store.ts';

/** Names of files that nobody reads yet; keys can't start with a dot. */
export const TEMPORARY_PREFIX = '.tmp-';
const STREAM_CHUNK_BYTES = 1024 * 1024;

/**
 * A store in the folder `root`. A put is a temporary file in the same folder, write, fsync, `link()` to the final name, unlink, fsync of
 * the folder: exclusive creation at the final name would show torn files to readers.
 */
export function filesystemStore(root: string): StagingStore {
  const base = resolve(root);
  const pathOf = (key: string) => {
    checkKey(key);
    return join(base, ...key.split('/'));
  };

  async function stage(folder: string): Promise<StagedObject> {
    await makeFolder(folder);
    const temporary = join(folder, `${TEMPORARY_PREFIX}${randomUUID()}`);
    const handle = await guarded(base, () => open(temporary, 'wx', 0o644));
    let isOpen = true;
    const discard = async () => {
      if (isOpen) await handle.close();
      isOpen = false;
      await unlink(temporary).catch(ignoreMissing);
    };
    return {
      write: (chunk) => guarded(base, () => writeAll(handle, chunk)),
      async commit(key) {
        const target = pathOf(key);
        try {
          await guarded(base, () => handle.sync());
          await handle.close();
          isOpen = false;
          await makeFolder(dirname(target));
          return await guarded(base, () => publish(temporary, target));
        } finally {
          await discard();
        }
      },
      discard,
    };
  }

  return {
    async get(key, maxBytes) {
      return withFile(pathOf(key), async (handle) => readUpTo(handle, 0, maxBytes ?? (await handle.stat()).size));
    },
    async getRange(key, offset, length) {
      return withFile(pathOf(key), (handle) => readUpTo(handle, offset, length));
    },
    async getStream(key) {
      const handle = await openIfPresent(pathOf(key));
      return handle && chunksOf(handle);
    },
    async head(key): Promise<ObjectHead | undefined> {
      try {
        const found = await stat(pathOf(key));
        return found.isFile() ? { sizeBytes: found.size } : undefined;
      } catch (error) {
        return absent(error);
      }
    },
    async putIfAbsent(key, bytes) {
      const target = pathOf(key);
      const staged = await stage(dirname(target));
      try {
        await staged.write(bytes);
        return await staged.commit(key);
      } finally {
        await staged.discard();
      }
    },
    async list(prefix, { after, limit } = {}) {
      checkPrefix(prefix);
      const keys = await keysBelow(prefix === '' ? base : join(base, ...prefix.slice(0, -1).split('/')), prefix);
      const wanted = keys.filter((key) => after === undefined || key > after).sort();
      return limit === undefined ? wanted : wanted.slice(0, limit);
    },
    stage: () => stage(join(base, 'staging')),
  };
}

/** Gives the temporary file its final name unless that is taken; either way the name is durable afterwards. */
async function publish(temporary: string, target: string): Promise<PutOutcome> {
  let outcome: PutOutcome = 'created';
  try {
    await withRetries(() => link(temporary, target));
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    // Its writer may have died, or not have come, between link and fsync.
    outcome = 'exists';
    await syncFile(target);
  }
  await syncFolder(dirname(target));
  return outcome;
}

/** Makes a folder durable together with those above it that it had to make. */
async function makeFolder(folder: string): Promise<void> {
  const first = await guarded(folder, () => mkdir(folder, { recursive: true }));
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // A read-only handle can't be flushed on Windows; its writer did that before linking.
    if (!['EPERM', 'EACCES', 'EBADF'].includes(systemErrorCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no handle for a folder; NTFS journals its entries.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written);
    written += bytesWritten;
  }
}

async function readUpTo(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const { size } = await handle.stat();
  const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === bytes.length ? bytes : bytes.subarray(0, filled);
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const chunk = new Uint8Array(STREAM_CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function withFile<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T | undefined> {
  const handle = await openIfPresent(path);
  if (!handle) return undefined;
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return undefined;
  } catch (error) {
    return absent(error);
  }
}

async function keysBelow(folder: string, prefix: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const keys: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) keys.push(...(await keysBelow(join(folder, entry.name), `${prefix}${entry.name}/`)));
      else if (entry.isFile()) keys.push(prefix + entry.name);
    }
    return keys;
  } catch (error) {
    if (absent(error) === undefined) return [];
    throw error;
  }
}

/** Undefined for an error that says that there is nothing; throws any other. */
function absent(error: unknown): undefined {
  if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
  throw storageError(error, 'read');
}

function ignoreMissing(error: unknown): void {
  if (systemErrorCode(error) !== 'ENOENT') throw error;
}

/** Windows scanners hold a new file open for a moment. */
async function withRetries<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt >= 6 || !['EPERM', 'EBUSY'].includes(systemErrorCode(error) ?? '')) throw error;
      await delay(10 * 2 ** attempt);
    }
  }
}

async function guarded<T>(place: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw storageError(error, `write to ${place}`);
  }
}

function storageError(error: unknown, action: string): unknown {
  switch (systemErrorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new RegistryError(
        'STORAGE_FULL',
        `The disk is full, so Model Registry couldn't ${action}. Free some space and try again.`,
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new RegistryError(
        'STORAGE_READONLY',
        `Model Registry may not ${action}. Check the permissions of the folder, or name another place with --registry.`,
        { cause: error },
      );
    case 'EMFILE':
    case 'ENFILE':
      return new RegistryError(
        'STORAGE_FAILED',
        `Too many files are open, so Model Registry couldn't ${action}. Try again.`,
        { cause: error },
      );
    default:
      return error;
  }
}
