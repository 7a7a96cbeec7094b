import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { isAlive } from './process-alive.ts';
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
 * A path for a file that another process can go on with when this one has ended: it says what it is to become, and who writes it. Once
 * nobody does, `kept`.
 */
export function resumablePath(folder: string, name: string, { kept = false } = {}): string {
  const writer = kept ? 'kept' : `${hostTag()}-${process.pid}`;
  return join(folder, `${PREFIX}${name}-${writer}-${randomUUID()}`);
}

/** Whether a file in the folder was to become `name`, and nobody writes it any more. */
export function isLeftOf(fileName: string, name: string): boolean {
  const start = `${PREFIX}${name}-`;
  if (!fileName.startsWith(start)) return false;
  const [writer = '', pid] = fileName.slice(start.length).split('-');
  if (writer === 'kept') return true;
  // Of another machine that shares the folder: it may be at work.
  return writer === hostTag() && pid !== undefined && /^[1-9]\d*$/.test(pid) && !isAlive(Number(pid));
}

function hostTag(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
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
