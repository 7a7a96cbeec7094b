import { rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogPosition } from '../rules/apply-commit.ts';
import { retryWhileBusy, writing } from '../storage/system-errors.ts';
import { int, text } from './columns.ts';
import { openDatabaseFile, writeDatabaseFile } from './saved-file.ts';
import { CATALOG_SCHEMA, CATALOG_SQL } from './schema.ts';
import { INDEX_TERMS_SQL } from './search/index-terms.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';

/** A catalog in memory and the place in the log up to which it is applied. */
export interface LoadedCatalog {
  readonly db: Sqlite;
  readonly position: LogPosition;
  /** The file that it is read from, where that isn't the snapshot yet. */
  readonly unpublished?: string | undefined;
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
  db.script(INDEX_TERMS_SQL);
  db.run("INSERT INTO meta (key, value) VALUES ('schema', ?), ('registry', ?)", [String(CATALOG_SCHEMA), registryId]);
  return { db, position: { seq: 0, hash: formatHash, at: '' } };
}

/** The saved catalog, or undefined where there is none, or one that is damaged, of another registry or of another schema. */
export async function loadSnapshot(dir: string, registryId: string): Promise<LoadedCatalog | undefined> {
  return loadCatalog(snapshotFile(dir), registryId);
}

/** A catalog that another process made under a temporary name; it is removed in `closeCatalog` unless it was saved. */
export async function loadUnpublished(file: string, registryId: string): Promise<LoadedCatalog | undefined> {
  const loaded = await loadCatalog(file, registryId);
  return loaded && { ...loaded, unpublished: file };
}

async function loadCatalog(path: string, registryId: string): Promise<LoadedCatalog | undefined> {
  const file = openDatabaseFile(path);
  if (!file) return undefined;
  let db: Sqlite | undefined;
  try {
    db = await openSqlite(file);
    const meta = new Map(db.all('SELECT key, value FROM meta').map((row) => [text(row, 'key'), text(row, 'value')]));
    const commit = db.get('SELECT seq, hash, at FROM commits ORDER BY seq DESC LIMIT 1');
    if (meta.get('schema') === String(CATALOG_SCHEMA) && meta.get('registry') === registryId && commit) {
      db.script(INDEX_TERMS_SQL);
      return { db, position: { seq: int(commit, 'seq'), hash: text(commit, 'hash'), at: text(commit, 'at') } };
    }
  } catch {
    // Not a database, or not of this shape: the log has everything.
  }
  db?.close();
  return undefined;
}

/** Replaces the saved catalog by the database as it is now; what changes meanwhile isn't in it. Readers see the old one or the new one. */
export async function saveSnapshot(
  dir: string,
  { db, unpublished }: LoadedCatalog,
  isUrgent?: () => boolean,
): Promise<void> {
  const file = snapshotFile(dir);
  if (unpublished !== undefined && db.file?.isChanged === false) return retryWhileBusy(() => rename(unpublished, file));
  await writeDatabaseFile(file, db, isUrgent);
  if (unpublished !== undefined) await rm(unpublished, { force: true });
}

export function closeCatalog({ db, unpublished }: LoadedCatalog): void {
  db.close();
  if (unpublished !== undefined) rmSync(unpublished, { force: true });
}

/** Forgets the saved catalog. */
export async function removeSnapshot(dir: string): Promise<void> {
  const file = snapshotFile(dir);
  // Whatever is there in its place, it is none.
  await writing(file, () => rm(file, { recursive: true, force: true }));
}
