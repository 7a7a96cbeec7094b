import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { isAlive, placeTag, startOf } from './process-alive.ts';
import { isAbsent, TEMPORARY_PREFIX as PREFIX } from './system-errors.ts';

/** The folder of a registry for files that aren't finished. */
export const STAGING_FOLDER = 'staging';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A path in `folder` for a file that nobody reads yet. */
export function temporaryPath(folder: string): string {
  return join(folder, `${PREFIX}${randomUUID()}`);
}

/**
 * A path for a file that another process can go on with when this one has ended: it says what it is to become, and who writes it. Once
 * nobody does, `kept`.
 */
export function resumablePath(folder: string, name: string, { kept = false } = {}): string {
  const writer = kept ? 'kept' : `${placeTag()}-${process.pid}`;
  return join(folder, `${PREFIX}${name}-${writer}-${randomUUID()}`);
}

/** Whether a file in the folder was to become `name`, and nobody writes it any more. */
export function isLeftOf(fileName: string, name: string): boolean {
  const start = `${PREFIX}${name}-`;
  if (!fileName.startsWith(start)) return false;
  const [writer = '', pid] = fileName.slice(start.length).split('-');
  if (writer === 'kept') return true;
  // Of another machine or container that shares the folder: it may be at work.
  return writer === placeTag() && pid !== undefined && /^[1-9]\d*$/.test(pid) && !isAlive(Number(pid));
}

/** A path for a file that ends with the process that writes it, whose name says whose it is. */
export function writersPath(folder: string): string {
  writer ??= `by-${placeTag()}-${process.pid}-${startOf(process.pid)}`;
  return join(folder, `${PREFIX}${writer}-${randomUUID()}`);
}

let writer: string | undefined;

/** Whether the file was its writer's alone, and that one has ended. */
function isOrphan(fileName: string): boolean {
  const [, host, pid, start] = /^\.tmp-by-([0-9a-f]{8})-([1-9]\d{0,9})-(\d{1,20})-/.exec(fileName) ?? [];
  return host === placeTag() && pid !== undefined && !isAlive(Number(pid), start);
}

/** A file that isn't finished. */
export interface TemporaryFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Nobody goes on with it: its writer has ended, or it wasn't written to for a day. */
  readonly isAbandoned: boolean;
}

interface SweepOptions {
  readonly now?: number;
  readonly olderThanMs?: number;
  readonly fs?: FileSystem;
}

/** The temporary files in `folder` and below. */
export async function temporaryFiles(folder: string, options: SweepOptions = {}): Promise<readonly TemporaryFile[]> {
  const { now = Date.now(), olderThanMs = DAY_MS, fs = nodeFileSystem } = options;
  const found: TemporaryFile[] = [];
  for (const entry of await entriesOf(fs, folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await temporaryFiles(path, options)));
    if (!entry.isFile() || !entry.name.startsWith(PREFIX)) continue;
    // One that is gone by now was finished, or swept by another process.
    const status = await fs.stat(path).catch(() => undefined);
    if (!status) continue;
    const isAbandoned = status.mtimeMs <= now - olderThanMs || isOrphan(entry.name);
    found.push({ path, sizeBytes: status.size, isAbandoned });
  }
  return found;
}

/**
 * Removes the temporary files in `folder` and below that processes left which were killed, and returns them. They harm nothing but space, so one that can't be
 * removed stays.
 */
export async function sweepTemporaryFiles(
  folder: string,
  options: SweepOptions = {},
): Promise<readonly TemporaryFile[]> {
  const { fs = nodeFileSystem } = options;
  const removed: TemporaryFile[] = [];
  for (const file of await temporaryFiles(folder, options)) {
    if (!file.isAbandoned) continue;
    try {
      await fs.unlink(file.path);
      removed.push(file);
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
