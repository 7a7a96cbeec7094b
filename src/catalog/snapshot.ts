import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import type { LogPosition } from '../rules/apply-commit.ts';
import { int, text } from './columns.ts';
import { CATALOG_SCHEMA, CATALOG_SQL } from './schema.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';

/** A catalog in memory and the place in the log up to which it is applied. */
export interface LoadedCatalog {
  readonly db: Sqlite;
  readonly position: LogPosition;
}

export function snapshotFile(dir: string): string {
  return join(dir, `catalog-${CATALOG_SCHEMA}.sqlite`);
}

/** An empty catalog, before commit 1. */
export async function emptyCatalog(registryId: string, formatHash: string): Promise<LoadedCatalog> {
  const db = await openSqlite();
  db.script(CATALOG_SQL);
  db.run("INSERT INTO meta (key, value) VALUES ('schema', ?), ('registry', ?)", [String(CATALOG_SCHEMA), registryId]);
  return { db, position: { seq: 0, hash: formatHash, at: '' } };
}

/** The saved catalog, or undefined where there is none, or one that is damaged, of another registry or of another schema. */
export async function loadSnapshot(dir: string, registryId: string): Promise<LoadedCatalog | undefined> {
  const file = snapshotFile(dir);
  const [bytes, digest] = await Promise.all([readIfPresent(file), readIfPresent(`${file}.sha256`)]);
  if (!bytes || !digest || sha256Hex(bytes) !== new TextDecoder().decode(digest).trim()) return undefined;
  const db = await openSqlite(bytes);
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
    replaceFile(`${file}.sha256`, new TextEncoder().encode(`${sha256Hex(bytes)}\n`)),
  ]);
}

/** Forgets the saved catalog. */
export async function removeSnapshot(dir: string): Promise<void> {
  const file = snapshotFile(dir);
  await Promise.all([rm(file, { force: true }), rm(`${file}.sha256`, { force: true })]);
}

async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
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
