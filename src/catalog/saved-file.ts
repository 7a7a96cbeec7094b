import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { hasCode, retryWhileBusy } from '../storage/system-errors.ts';
import { STAGING_FOLDER, temporaryPath } from '../storage/temporary.ts';
import { type Capture, CHUNK_BYTES, DatabaseFile, type SavedChunks } from './database-file.ts';
import type { Sqlite } from './sqlite.ts';

/**
 * Behind the database, where SQLite doesn't look: the CRC-32 of each chunk, then this. A file without it isn't whole.
 *
 *     8 bytes   "mrchunks"
 *     8 bytes   size of the database
 *     4 bytes   size of a chunk
 *     4 bytes   CRC-32 of the checksums
 */
const MARK = Buffer.from('mrchunks');
const FOOTER_BYTES = 24;
const SUM_BYTES = 4;
/** What is written between two flushes, so that nobody who flushes something else meanwhile waits for all of it. */
const FLUSHED_AT_ONCE = 512 * 1024;
const CHUNKS_AT_ONCE = 8;
const LONGEST_PAUSE_MS = 100;
const always = () => true;

/** Opens a saved database; undefined where there is none, or where it wasn't written to its end. Its chunks are checked when they are read. */
export function openDatabaseFile(path: string): DatabaseFile | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const saved = readSums(descriptor);
    if (!saved) {
      closeSync(descriptor);
      return undefined;
    }
    const file = DatabaseFile.reading(saved);
    // There, nobody could replace a file that is open here.
    if (process.platform === 'win32') file.readAll();
    return file;
  } catch {
    // The log has everything.
    if (descriptor !== undefined) closeSync(descriptor);
    return undefined;
  }
}

/**
 * Writes the database as it is now, under a name that readers see whole or not at all. It goes on being used meanwhile, and from there afterwards.
 * Where that isn't urgent, the disk is left to others for as long as it was used, again and again.
 */
export async function writeDatabaseFile(path: string, db: Sqlite, isUrgent: () => boolean = always): Promise<void> {
  const file = db.file ?? DatabaseFile.holding(db.export());
  const capture = file.capture();
  let temporary: string | undefined;
  let descriptor: number | undefined;
  try {
    temporary = await writeTemporary(dirname(path), capture, isUrgent);
    if (process.platform !== 'win32') descriptor = openSync(temporary, 'r');
    const name = temporary;
    await retryWhileBusy(() => rename(name, path));
  } catch (error) {
    file.notCaptured();
    if (descriptor !== undefined) closeSync(descriptor);
    if (temporary !== undefined) await rm(temporary, { force: true });
    throw error;
  }
  file.captured(descriptor);
}

/** Writes the database under a temporary name, which it returns. */
export async function writeUnpublished(dir: string, db: Sqlite): Promise<string> {
  const file = db.file ?? DatabaseFile.holding(db.export());
  const temporary = await writeTemporary(dir, file.capture(), always);
  file.notCaptured();
  return temporary;
}

async function writeTemporary(dir: string, capture: Capture, isUrgent: () => boolean): Promise<string> {
  const staging = join(dir, STAGING_FOLDER);
  const temporary = temporaryPath(staging);
  await makeStaging(staging);
  const handle = await open(temporary, 'wx', 0o644);
  try {
    await writeCapture(handle, capture, isUrgent);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return temporary;
}

/** In a folder that is there: of a registry that was removed meanwhile nothing comes back. */
async function makeStaging(staging: string): Promise<void> {
  try {
    await mkdir(staging);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

async function writeCapture(
  handle: FileHandle,
  { sizeBytes, sums, chunks, saved }: Capture,
  isUrgent: () => boolean,
): Promise<void> {
  let unflushed = 0;
  let pausedAt = performance.now();
  for (let index = 0; index < chunks.length; index += CHUNKS_AT_ONCE) {
    const some = chunks.slice(index, index + CHUNKS_AT_ONCE);
    const start = index * CHUNK_BYTES;
    const end = Math.min(sizeBytes, (index + some.length) * CHUNK_BYTES);
    const parts = some.every((chunk) => chunk !== undefined) ? some : [await completed(some, saved, start, end)];
    await handle.writev(parts, start);
    unflushed += end - start;
    if (unflushed >= FLUSHED_AT_ONCE) {
      await handle.datasync();
      unflushed = 0;
      if (!isUrgent()) await setTimeout(Math.min(LONGEST_PAUSE_MS, 2 * (performance.now() - pausedAt)));
      pausedAt = performance.now();
    }
  }
  const table = Buffer.alloc(sums.length * SUM_BYTES);
  for (const [index, sum] of sums.entries()) table.writeUInt32LE(sum, index * SUM_BYTES);
  const footer = Buffer.alloc(FOOTER_BYTES);
  MARK.copy(footer);
  footer.writeBigUInt64LE(BigInt(sizeBytes), 8);
  footer.writeUInt32LE(CHUNK_BYTES, 16);
  footer.writeUInt32LE(crc32(table), 20);
  await handle.writev([table, footer], sizeBytes);
  await handle.datasync();
}

const readDescriptor = promisify(read);

/** Chunks in one piece, of which those that aren't in memory come from where they were saved. */
async function completed(
  chunks: readonly (Uint8Array | undefined)[],
  saved: SavedChunks | undefined,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(end - start);
  // Damage comes along with the checksum that tells of it.
  if (saved) await readDescriptor(saved.descriptor, bytes, 0, bytes.length, start);
  for (const [index, chunk] of chunks.entries()) if (chunk) bytes.set(chunk, index * CHUNK_BYTES);
  return bytes;
}

function readSums(descriptor: number): SavedChunks | undefined {
  const found = fstatSync(descriptor);
  if (!found.isFile() || found.size < FOOTER_BYTES) return undefined;
  const footer = Buffer.alloc(FOOTER_BYTES);
  readSync(descriptor, footer, 0, FOOTER_BYTES, found.size - FOOTER_BYTES);
  if (!footer.subarray(0, MARK.length).equals(MARK) || footer.readUInt32LE(16) !== CHUNK_BYTES) return undefined;
  const sizeBytes = Number(footer.readBigUInt64LE(8));
  const count = Math.ceil(sizeBytes / CHUNK_BYTES);
  if (sizeBytes + count * SUM_BYTES + FOOTER_BYTES !== found.size) return undefined;
  const table = Buffer.alloc(count * SUM_BYTES);
  readSync(descriptor, table, 0, table.length, sizeBytes);
  if (crc32(table) !== footer.readUInt32LE(20)) return undefined;
  return {
    descriptor,
    sizeBytes,
    sums: Uint32Array.from({ length: count }, (_, at) => table.readUInt32LE(at * SUM_BYTES)),
  };
}
