import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { systemErrorCode } from '../base/errors.ts';
import type { LogPosition } from '../rules/apply-commit.ts';
import { replaceFile } from '../storage/replace-file.ts';
import { writing } from '../storage/system-errors.ts';
import { int, text } from './columns.ts';
import { CATALOG_SCHEMA, CATALOG_SQL } from './schema.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';

const READ_BYTES = 8 * 1024 * 1024;

/** A catalog in memory and the place in the log up to which it is applied. */
export interface LoadedCatalog {
  readonly db: Sqlite;
  readonly position: LogPosition;
}

export function snapshotFile(dir: string): string {
  return join(dir, `catalog-${CATALOG_SCHEMA}.sqlite`);
}

/** An empty catalog, before commit 1; with a part of the schema where that is given. */
export async function emptyCatalog(
  registryId: string,
  formatHash: string,
  schema: string = CATALOG_SQL,
): Promise<LoadedCatalog> {
  const db = await openSqlite();
  db.script(schema);
  db.run("INSERT INTO meta (key, value) VALUES ('schema', ?), ('registry', ?)", [String(CATALOG_SCHEMA), registryId]);
  return { db, position: { seq: 0, hash: formatHash, at: '' } };
}

/** The saved catalog, or undefined where there is none, or one that is damaged, of another registry or of another schema. */
export async function loadSnapshot(dir: string, registryId: string): Promise<LoadedCatalog | undefined> {
  const file = snapshotFile(dir);
  const [found, checksum] = await Promise.all([readSummed(file), readIfPresent(checksumFile(file))]);
  if (!found || !checksum || found.checksum !== new TextDecoder().decode(checksum).trim()) return undefined;
  const db = await openSqlite(found.bytes);
  try {
    const meta = new Map(db.all('SELECT key, value FROM meta').map((row) => [text(row, 'key'), text(row, 'value')]));
    const commit = db.get('SELECT seq, hash, at FROM commits ORDER BY seq DESC LIMIT 1');
    if (meta.get('schema') !== String(CATALOG_SCHEMA) || meta.get('registry') !== registryId || !commit) {
      db.close();
      return undefined;
    }
    return { db, position: { seq: int(commit, 'seq'), hash: text(commit, 'hash'), at: text(commit, 'at') } };
  } catch {
    // Not a database, or not of this shape: the log has everything.
    db.close();
    return undefined;
  }
}

/** Replaces the saved catalog. Readers see the old one or the new one; a crash between the two renames means a rebuild. */
export async function saveSnapshot(dir: string, db: Sqlite): Promise<void> {
  const file = snapshotFile(dir);
  const bytes = db.export();
  await Promise.all([
    replaceFile(file, bytes),
    replaceFile(checksumFile(file), new TextEncoder().encode(`${checksumOf(crc32(bytes), bytes.length)}\n`)),
  ]);
}

/** Forgets the saved catalog. */
export async function removeSnapshot(dir: string): Promise<void> {
  const file = snapshotFile(dir);
  // Whatever is there in its place, it is none.
  await writing(file, () =>
    Promise.all([file, checksumFile(file)].map((path) => rm(path, { recursive: true, force: true }))),
  );
}

/** A whole file, summed up while its next part is read; undefined where there is none. */
async function readSummed(
  file: string,
): Promise<{ readonly bytes: Uint8Array; readonly checksum: string } | undefined> {
  const handle = await openIfPresent(file);
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.allocUnsafeSlow(size);
    let sum = 0;
    let filled = 0;
    for (let read = readAt(handle, bytes, 0); ; ) {
      const count = await read;
      if (count === 0) break;
      const part = bytes.subarray(filled, filled + count);
      filled += count;
      read = readAt(handle, bytes, filled);
      sum = crc32(part, sum);
    }
    return { bytes, checksum: checksumOf(sum, filled) };
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<number> {
  const length = Math.min(READ_BYTES, bytes.length - offset);
  return length === 0 ? 0 : (await handle.read(bytes, offset, length, offset)).bytesRead;
}

function checksumFile(file: string): string {
  return `${file}.crc32`;
}

function checksumOf(sum: number, sizeBytes: number): string {
  return `${sum.toString(16).padStart(8, '0')} ${sizeBytes}`;
}

async function openIfPresent(file: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function readIfPresent(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
