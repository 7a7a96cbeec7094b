import { randomUUID } from 'node:crypto';
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
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
  { now = Date.now(), olderThanMs = DAY_MS }: { readonly now?: number; readonly olderThanMs?: number } = {},
): Promise<number> {
  let removed = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removed += await sweepTemporaryFiles(path, { now, olderThanMs });
    if (!entry.isFile() || !entry.name.startsWith(PREFIX)) continue;
    try {
      if ((await stat(path)).mtimeMs > now - olderThanMs) continue;
      await unlink(path);
      removed += 1;
    } catch {
      // In use, or already swept by another process.
    }
  }
  return removed;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
