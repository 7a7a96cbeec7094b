import { type FileHandle, link, open, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { durableFolders, syncFile, syncFolder } from './durable.ts';
import { checkKey, checkPrefix } from './keys.ts';
import { keysBelow } from './list-keys.ts';
import type { LocalStore, PutOutcome, StagedObject } from './object-store.ts';
import { readChunks, readRange } from './stored-file.ts';
import { hasCode, isAbsent, noHardLinks, reading, retryWhileBusy, writing } from './system-errors.ts';
import { STAGING_FOLDER, temporaryPath } from './temporary.ts';

/**
 * A store in the folder `root`. A put is a temporary file, write, fsync, `link()` to the final name, unlink, fsync of the folder:
 * exclusive creation at the final name would show torn files to readers. All temporary files are in one folder, so that those of
 * killed processes can be swept without looking through the whole store.
 */
export function filesystemStore(root: string): LocalStore {
  const base = resolve(root);
  const staging = join(base, STAGING_FOLDER);
  const makeFolder = durableFolders(base);
  const pathOf = (key: string) => {
    checkKey(key);
    return join(base, ...key.split('/'));
  };

  async function stage(): Promise<StagedObject> {
    const temporary = temporaryPath(staging);
    const handle = await writing(temporary, async () => {
      await makeFolder(staging);
      return open(temporary, 'wx', 0o644);
    });
    let isOpen = true;
    const close = async () => {
      if (!isOpen) return;
      isOpen = false;
      await handle.close();
    };
    // What stays behind because it can't be removed is swept later.
    const discard = async () => {
      await close().catch(() => undefined);
      await unlink(temporary).catch(() => undefined);
    };
    return {
      write: (chunk) => writing(temporary, () => writeAll(handle, chunk)),
      async commit(key) {
        const target = pathOf(key);
        try {
          return await writing(target, async () => {
            await handle.sync();
            await close();
            await makeFolder(dirname(target));
            return publish(temporary, target);
          });
        } finally {
          await discard();
        }
      },
      discard,
    };
  }

  return {
    get: async (key, maxBytes = Number.POSITIVE_INFINITY) => readRange(pathOf(key), 0, maxBytes),
    getRange: async (key, offset, length) => readRange(pathOf(key), offset, length),
    getStream: async (key) => readChunks(pathOf(key)),
    async head(key) {
      const path = pathOf(key);
      return reading(path, async () => {
        try {
          const found = await stat(path);
          return found.isFile() ? { sizeBytes: found.size } : undefined;
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      });
    },
    async putIfAbsent(key, bytes) {
      checkKey(key);
      const staged = await stage();
      try {
        await staged.write(bytes);
        return await staged.commit(key);
      } finally {
        await staged.discard();
      }
    },
    async list(prefix, { after, limit = Number.POSITIVE_INFINITY } = {}) {
      checkPrefix(prefix);
      const keys: string[] = [];
      if (limit <= 0) return keys;
      for await (const key of keysBelow(join(base, ...prefix.split('/').filter(Boolean)), prefix, after)) {
        keys.push(key);
        if (keys.length >= limit) break;
      }
      return keys;
    },
    stage,
    async remove(key) {
      if (!/^(objects|manifests)\//.test(key))
        throw new RegistryError('KEY_INVALID', `${key} is part of the log and stays.`);
      const path = pathOf(key);
      await writing(path, async () => {
        try {
          await retryWhileBusy(() => unlink(path));
        } catch (error) {
          if (!isAbsent(error)) throw error;
        }
      });
    },
  };
}

/** Gives the temporary file its final name unless that is taken; either way what has the name is durable afterwards. */
async function publish(temporary: string, target: string): Promise<PutOutcome> {
  const outcome = await linkIfAbsent(temporary, target);
  // Whoever linked it may have died, or not have come, between link and fsync.
  if (outcome === 'exists') await syncFile(target);
  await unlink(temporary).catch(() => undefined);
  await syncFolder(dirname(target));
  return outcome;
}

async function linkIfAbsent(temporary: string, target: string): Promise<PutOutcome> {
  try {
    await retryWhileBusy(() => link(temporary, target));
    return 'created';
  } catch (error) {
    if (lacksLinks(error)) throw noHardLinks(dirname(target), error);
    if (!hasCode(error, 'EEXIST')) throw error;
    // A network file system that repeats a link whose answer was lost finds its own.
    const [own, found] = await Promise.all([stat(temporary, { bigint: true }), stat(target, { bigint: true })]);
    return own.ino === found.ino && own.dev === found.dev ? 'created' : 'exists';
  }
}

/** The registry was moved to another kind of disk since it was made. Windows says EPERM of files that are in use. */
function lacksLinks(error: unknown): boolean {
  return hasCode(error, 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', ...(process.platform === 'win32' ? [] : ['EPERM']));
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written);
    written += bytesWritten;
  }
}
