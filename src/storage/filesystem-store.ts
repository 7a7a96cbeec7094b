import { dirname, join, resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { durableFolders, type OpenFolder, openFolder, syncFile, syncFolder } from './durable.ts';
import { type FileSystem, nodeFileSystem, type OpenFile } from './file-system.ts';
import { checkKey, checkPrefix } from './keys.ts';
import { keysBelow } from './list-keys.ts';
import type {
  Leftover,
  LocalStore,
  ObjectHead,
  PutOutcome,
  ResumableObject,
  StagedObject,
  StagedPut,
} from './object-store.ts';
import { readChunks, readRange } from './stored-file.ts';
import { hasCode, isAbsent, noHardLinks, reading, retryWhileBusy, writing } from './system-errors.ts';
import { isLeftOf, resumablePath, STAGING_FOLDER, temporaryPath, writersPath } from './temporary.ts';

/**
 * A store in the folder `root`. A put is a temporary file, write, fsync, `link()` to the final name, unlink, fsync of the folder:
 * exclusive creation at the final name would show torn files to readers. All temporary files are in one folder, so that those of
 * killed processes can be swept without looking through the whole store.
 */
export function filesystemStore(root: string, fs: FileSystem = nodeFileSystem): LocalStore {
  const base = resolve(root);
  const staging = join(base, STAGING_FOLDER);
  const makeFolder = durableFolders(base, fs);
  const paths = new WeakMap<StagedObject, string>();
  const pathOf = (key: string) => {
    checkKey(key);
    return join(base, ...key.split('/'));
  };

  async function stage(temporary = writersPath(staging)): Promise<StagedObject> {
    const handle = await writing(temporary, async () => {
      await makeFolder(staging);
      return fs.open(temporary, 'wx', 0o644);
    });
    let isOpen = true;
    const sync = () => (isOpen ? handle.sync() : syncFile(temporary, fs));
    const close = async () => {
      if (!isOpen) return;
      isOpen = false;
      await handle.close();
    };
    // What stays behind because it can't be removed is swept later.
    const discard = async () => {
      await close().catch(() => undefined);
      if (paths.delete(staged)) await fs.unlink(temporary).catch(() => undefined);
    };
    const staged: StagedObject = {
      write: (chunk) => writing(temporary, () => writeAll(handle, chunk)),
      flush: () => writing(temporary, sync),
      close: () => writing(temporary, close),
      async commit(key) {
        const [outcome] = await commitAll([{ key, staged }]);
        return outcome ?? 'exists';
      },
      discard,
    };
    paths.set(staged, temporary);
    return staged;
  }

  /** Bytes first, then names, then the folders that hold these, each once: nobody sees a name before its bytes are durable. */
  async function commitAll(
    puts: readonly StagedPut[],
    onEach?: (put: StagedPut) => void,
  ): Promise<readonly PutOutcome[]> {
    try {
      const pairs = puts.map(({ staged, key }) => ({ staged, temporary: temporaryOf(staged), target: pathOf(key) }));
      await inGroups(puts, async (put) => {
        onEach?.(put);
        await put.staged.flush();
        await put.staged.close();
      });
      const folders = [...new Set(pairs.map(({ target }) => dirname(target)))];
      for (const folder of folders) await writing(folder, () => makeFolder(folder));
      const opened: OpenFolder[] = [];
      try {
        if (folders.length <= FOLDERS_OPEN) for (const folder of folders) opened.push(await opening(folder));
        const outcomes = await inGroups(pairs, ({ staged, temporary, target }) =>
          writing(target, async () => {
            const outcome = await publish(fs, temporary, target);
            await staged.discard();
            return outcome;
          }),
        );
        await inGroups(folders, (folder, index) =>
          writing(folder, () => opened[index]?.sync() ?? syncFolder(folder, fs)),
        );
        return outcomes;
      } finally {
        for (const folder of opened) await folder.close().catch(() => undefined);
      }
    } finally {
      await inGroups(puts, ({ staged }) => staged.discard());
    }
  }

  /** Before a name is given: a process that may open no more files would else give it and couldn't say so. */
  function opening(folder: string): Promise<OpenFolder> {
    return writing(folder, () => openFolder(folder, fs));
  }

  function temporaryOf(staged: StagedObject): string {
    const temporary = paths.get(staged);
    if (temporary === undefined)
      throw new RegistryError('INTERNAL', 'Bytes were staged in one store and committed in another.');
    return temporary;
  }

  async function head(key: string): Promise<ObjectHead | undefined> {
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
  }

  return {
    get: async (key, maxBytes = Number.POSITIVE_INFINITY) => readRange(fs, pathOf(key), 0, maxBytes),
    getRange: async (key, offset, length) => readRange(fs, pathOf(key), offset, length),
    getStream: async (key) => readChunks(fs, pathOf(key)),
    head,
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
    async list(prefix, { after, until, limit = Number.POSITIVE_INFINITY } = {}) {
      checkPrefix(prefix);
      const keys: string[] = [];
      if (limit <= 0) return keys;
      for await (const key of keysBelow(fs, join(base, ...prefix.split('/').filter(Boolean)), prefix, after)) {
        if (until !== undefined && key >= until) break;
        keys.push(key);
        if (keys.length >= limit) break;
      }
      return keys;
    },
    stage: () => stage(),
    async stageAs(name) {
      const temporary = resumablePath(staging, name);
      const staged = await stage(temporary);
      const resumable: ResumableObject = {
        ...staged,
        async keep() {
          if (!paths.delete(resumable)) return;
          await staged.close();
          await fs.link(temporary, resumablePath(staging, name, { kept: true }));
          await fs.unlink(temporary);
        },
        async commit(key) {
          const [outcome] = await commitAll([{ key, staged: resumable }]);
          return outcome ?? 'exists';
        },
        async discard() {
          paths.delete(resumable);
          await staged.discard();
        },
      };
      paths.set(resumable, temporary);
      return resumable;
    },
    async leftovers(name) {
      const entries = await fs.readdir(staging).catch((error: unknown) => {
        if (isAbsent(error)) return [];
        throw error;
      });
      const found: Leftover[] = [];
      for (const entry of entries) {
        if (!entry.isFile() || !isLeftOf(entry.name, name)) continue;
        const path = join(staging, entry.name);
        const status = await fs.stat(path).catch(() => undefined);
        if (!status) continue;
        found.push({
          sizeBytes: status.size,
          read: () => readChunks(fs, path),
          // What can't be removed is swept later.
          remove: () => fs.unlink(path).catch(() => undefined),
        });
      }
      return found.sort((a, b) => b.sizeBytes - a.sizeBytes);
    },
    async remove(key) {
      if (!REMOVABLE.test(key)) throw new RegistryError('KEY_INVALID', `${key} is part of the log and stays.`);
      const path = pathOf(key);
      await writing(path, async () => {
        try {
          await retryWhileBusy(() => fs.unlink(path), { delay: fs.delay });
        } catch (error) {
          if (!isAbsent(error)) throw error;
          return;
        }
        // Bytes that come back after a power failure only take space; an intent that a person took back must stay away.
        if (!/^(objects|manifests)\//.test(key)) await syncFolder(dirname(path), fs);
      });
    },
    commitAll,
    async confirm(keys) {
      const heads = await inGroups(keys, head);
      const found = keys.filter((_, index) => heads[index] !== undefined);
      const folders = new Set(found.map((key) => dirname(pathOf(key))));
      await inGroups([...folders], (folder) => writing(folder, () => syncFolder(folder, fs)));
      return heads;
    },
  };
}

/** Gives the temporary file its final name unless that is taken; either way the bytes that have the name are durable afterwards. */
async function publish(fs: FileSystem, temporary: string, target: string): Promise<PutOutcome> {
  const outcome = await linkIfAbsent(fs, temporary, target);
  // Whoever linked it may have died, or not have come, between link and fsync.
  if (outcome === 'exists') await syncFile(target, fs);
  return outcome;
}

/** Everything but the log, which keeps what it has for ever. */
const REMOVABLE = /^(objects|manifests|pending|attempts|confirmed|refused)\//;

const GROUP = 64;
/** Folders that are kept open while names are given in them. */
const FOLDERS_OPEN = 4;

/** Runs `task` over all items, some at once, so that few files are open. After a failure, no further group starts. */
async function inGroups<T, R>(
  items: readonly T[],
  task: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += GROUP) {
    const settled = await Promise.allSettled(
      items.slice(start, start + GROUP).map((item, index) => task(item, start + index)),
    );
    for (const result of settled) {
      if (result.status === 'rejected') throw result.reason;
      results.push(result.value);
    }
  }
  return results;
}

async function linkIfAbsent(fs: FileSystem, temporary: string, target: string): Promise<PutOutcome> {
  try {
    await retryWhileBusy(() => fs.link(temporary, target), { delay: fs.delay });
    return 'created';
  } catch (error) {
    if (lacksLinks(error) && !(await isForbidden(fs, dirname(target), error)))
      throw noHardLinks(dirname(target), error);
    if (!hasCode(error, 'EEXIST')) throw error;
    // A network file system that repeats a link whose answer was lost finds its own.
    return (await fs.isSameFile(temporary, target)) ? 'created' : 'exists';
  }
}

/** The registry was moved to another kind of disk since it was made. Windows says EPERM of files that are in use. */
function lacksLinks(error: unknown): boolean {
  return hasCode(error, 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', ...(process.platform === 'win32' ? [] : ['EPERM']));
}

/** Whether no file can be made in the folder at all, by its permissions or as it is marked immutable: it isn't that links are missing then. */
async function isForbidden(fs: FileSystem, folder: string, error: unknown): Promise<boolean> {
  if (!hasCode(error, 'EPERM')) return false;
  const probe = temporaryPath(folder);
  try {
    await (await fs.open(probe, 'wx')).close();
    await fs.unlink(probe);
    return false;
  } catch (refusal) {
    return hasCode(refusal, 'EPERM', 'EACCES', 'EROFS');
  }
}

async function writeAll(handle: OpenFile, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written);
    written += bytesWritten;
  }
}
