import { dirname, join, resolve } from 'node:path';
import { durableFolders, syncFile, syncFolder } from './durable.ts';
import { type FileSystem, nodeFileSystem, type OpenFile } from './file-system.ts';
import { checkKey, checkPrefix } from './keys.ts';
import { keysBelow } from './list-keys.ts';
import type { PutOutcome, StagedObject, StagingStore } from './object-store.ts';
import { readChunks, readRange } from './stored-file.ts';
import { hasCode, isAbsent, reading, retryWhileBusy, writing } from './system-errors.ts';
import { temporaryPath } from './temporary.ts';

/** Where bytes are written whose key isn't known yet. */
export const STAGING_FOLDER = 'staging';

/**
 * A store in the folder `root`. A put is a temporary file, write, fsync, `link()` to the final name, unlink, fsync of the folder:
 * exclusive creation at the final name would show torn files to readers.
 */
export function filesystemStore(root: string, fs: FileSystem = nodeFileSystem): StagingStore {
  const base = resolve(root);
  const makeFolder = durableFolders(base, fs);
  const pathOf = (key: string) => {
    checkKey(key);
    return join(base, ...key.split('/'));
  };

  async function stage(folder: string): Promise<StagedObject> {
    const temporary = temporaryPath(folder);
    const handle = await writing(temporary, async () => {
      await makeFolder(folder);
      return fs.open(temporary, 'wx', 0o644);
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
      await fs.unlink(temporary).catch(() => undefined);
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
            return publish(fs, temporary, target);
          });
        } finally {
          await discard();
        }
      },
      discard,
    };
  }

  return {
    get: async (key, maxBytes = Number.POSITIVE_INFINITY) => readRange(fs, pathOf(key), 0, maxBytes),
    getRange: async (key, offset, length) => readRange(fs, pathOf(key), offset, length),
    getStream: async (key) => readChunks(fs, pathOf(key)),
    async head(key) {
      const path = pathOf(key);
      return reading(path, async () => {
        try {
          const found = await fs.stat(path);
          return found.isFile() ? { sizeBytes: found.size } : undefined;
        } catch (error) {
          if (isAbsent(error)) return undefined;
          throw error;
        }
      });
    },
    async putIfAbsent(key, bytes) {
      const staged = await stage(dirname(pathOf(key)));
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
      for await (const key of keysBelow(fs, join(base, ...prefix.split('/').filter(Boolean)), prefix, after)) {
        keys.push(key);
        if (keys.length >= limit) break;
      }
      return keys;
    },
    stage: () => stage(join(base, STAGING_FOLDER)),
  };
}

/** Gives the temporary file its final name unless that is taken; either way what has the name is durable afterwards. */
async function publish(fs: FileSystem, temporary: string, target: string): Promise<PutOutcome> {
  const outcome = await linkIfAbsent(fs, temporary, target);
  // Whoever linked it may have died, or not have come, between link and fsync.
  if (outcome === 'exists') await syncFile(target, fs);
  await fs.unlink(temporary).catch(() => undefined);
  await syncFolder(dirname(target), fs);
  return outcome;
}

async function linkIfAbsent(fs: FileSystem, temporary: string, target: string): Promise<PutOutcome> {
  try {
    await retryWhileBusy(() => fs.link(temporary, target), { delay: fs.delay });
    return 'created';
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    // A network file system that repeats a link whose answer was lost finds its own.
    return (await fs.isSameFile(temporary, target)) ? 'created' : 'exists';
  }
}

async function writeAll(handle: OpenFile, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written);
    written += bytesWritten;
  }
}
