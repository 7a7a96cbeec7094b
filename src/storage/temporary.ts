import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { isAbsent } from './system-errors.ts';

/** The folder of a registry for files that aren't finished. */
export const STAGING_FOLDER = 'staging';

const PREFIX = '.tmp-';
const DAY_MS = 24 * 60 * 60 * 1000;

/** A path in `folder` for a file that nobody reads yet: keys can't start with a dot. */
export function temporaryPath(folder: string): string {
  return join(folder, `${PREFIX}${randomUUID()}`);
}

/**
 * Removes temporary files that weren't written to for a day, in `folder` and below: processes that were killed left them. Returns how
 * many it removed. They harm nothing but space, so one that can't be removed stays.
 */
export async function sweepTemporaryFiles(
  folder: string,
  {
    now = Date.now(),
    olderThanMs = DAY_MS,
    fs = nodeFileSystem,
  }: { readonly now?: number; readonly olderThanMs?: number; readonly fs?: FileSystem } = {},
): Promise<number> {
  let removed = 0;
  for (const entry of await entriesOf(fs, folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removed += await sweepTemporaryFiles(path, { now, olderThanMs, fs });
    if (!entry.isFile() || !entry.name.startsWith(PREFIX)) continue;
    try {
      if ((await fs.stat(path)).mtimeMs > now - olderThanMs) continue;
      await fs.unlink(path);
      removed += 1;
    } catch {
      // In use, or already swept by another process.
    }
  }
  return removed;
}

async function entriesOf(fs: FileSystem, folder: string) {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
