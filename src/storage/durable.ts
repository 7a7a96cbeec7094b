import { dirname, join, relative, resolve, sep } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { hasCode, isAbsent } from './system-errors.ts';

/** Flushes a file that somebody else wrote. */
export async function syncFile(path: string, fs: FileSystem = nodeFileSystem): Promise<void> {
  const isWindows = process.platform === 'win32';
  // Windows flushes only what was opened for writing.
  const handle = await fs.open(path, isWindows ? 'r+' : 'r');
  try {
    if (!(await handle.stat()).isFile())
      throw new RegistryError('STORAGE_FAILED', `${path} isn't a file. Move it away and try again.`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A folder that is open, so that its names can be made durable without opening anything more. */
export interface OpenFolder {
  sync(): Promise<void>;
  close(): Promise<void>;
}

export async function openFolder(folder: string, fs: FileSystem = nodeFileSystem): Promise<OpenFolder> {
  // Windows has no handle for a folder; NTFS journals its entries.
  if (process.platform === 'win32') return { sync: async () => undefined, close: async () => undefined };
  const handle = await fs.open(folder, 'r');
  return {
    async sync() {
      try {
        await handle.sync();
      } catch (error) {
        // Some network file systems have no such operation: they write names through.
        if (!hasCode(error, 'EINVAL', 'ENOTSUP', 'ENOSYS')) throw error;
      }
    },
    close: () => handle.close(),
  };
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string, fs: FileSystem = nodeFileSystem): Promise<void> {
  const open = await openFolder(folder, fs);
  try {
    await open.sync();
  } finally {
    await open.close();
  }
}

/**
 * Gives a function that makes a folder below `root` whose name survives a crash. It refuses to go through links. A folder that is there
 * already is made durable once too, and all around it, because whoever made them may have died, or been told of an error, before.
 */
export function durableFolders(root: string, fs: FileSystem = nodeFileSystem): (folder: string) => Promise<void> {
  const base = resolve(root);
  const durable = new Set<string>();
  return async (folder) => {
    const isThere = await refuseLinks(base, folder, fs);
    if (isThere && durable.has(folder)) return;
    const first = await fs.mkdir(folder);
    const synced: string[] = [];
    for (let entry = folder; entry !== dirname(entry); entry = dirname(entry)) {
      const isNew = first !== undefined && entry.length >= first.length;
      if (!isNew && durable.has(entry)) break;
      await syncParent(entry, base, fs);
      synced.push(entry);
    }
    // Not before all of them are: to other calls, a folder that is durable has durable folders around it.
    for (const entry of synced) durable.add(entry);
  };
}

async function syncParent(entry: string, base: string, fs: FileSystem): Promise<void> {
  try {
    await syncFolder(dirname(entry), fs);
  } catch (error) {
    // Above the root there may be folders that this user can pass but not read, and file systems that nothing is written to.
    if (entry.length > base.length || !hasCode(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
  }
}

/** Whether the folder is there. */
async function refuseLinks(base: string, folder: string, fs: FileSystem): Promise<boolean> {
  let path = base;
  for (const name of relative(base, folder).split(sep).filter(Boolean)) {
    path = join(path, name);
    try {
      const found = await fs.lstat(path);
      if (found.isDirectory()) continue;
      if (!found.isSymbolicLink()) return false;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
    throw new RegistryError(
      'STORAGE_LINK',
      `${path} is a link, and a registry writes nothing through links. Put a folder in its place.`,
    );
  }
  return true;
}
