import { int, maybeText, text } from './columns.ts';
import type { VersionSummary } from './read-models/versions.ts';
import type { Sqlite } from './sqlite.ts';
import { firstVersion, IN_LOG, VERSION_COLUMNS, VERSION_TABLES, versionSummary } from './version-rows.ts';

// Versions by their bytes: artifacts, weights, and what was read of the files.

/** Up to `limit` versions of a model whose artifact digest starts with `prefix`, newest first. */
export function versionsByDigest(db: Sqlite, model: string, prefix: string, limit: number): readonly VersionSummary[] {
  const where = 'v.model = ? AND v.artifact >= ? AND v.artifact < ? AND v.deleted_seq IS NULL';
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE ${where} ORDER BY v.number DESC LIMIT ?`;
  return db.all(sql, [model, prefix, `${prefix}g`, limit]).map((row) => versionSummary(row));
}

/** How much an artifact is, as its versions say; undefined where no version has it. */
export function extentOfArtifact(
  db: Sqlite,
  digest: string,
): { readonly sizeBytes: number; readonly fileCount: number } | undefined {
  const row = db.get('SELECT size_bytes, file_count FROM versions WHERE artifact = ? LIMIT 1', [digest]);
  return row && { sizeBytes: Number(row.size_bytes), fileCount: Number(row.file_count) };
}

/** The id of the version in the log that had these bytes first. */
export function firstVersionWith(db: Sqlite, digest: string): string | undefined {
  const sql = `SELECT id FROM versions WHERE artifact = ? AND deleted_seq IS NULL AND ${IN_LOG} ORDER BY seq, position LIMIT 1`;
  const row = db.get(sql, [digest]);
  return row && text(row, 'id');
}

export function sameArtifact(
  db: Sqlite,
  version: VersionSummary,
): readonly { readonly model: string; readonly number: number }[] {
  const sql = `SELECT m.name, v.number FROM ${VERSION_TABLES}
    WHERE v.artifact = ? AND v.id <> ? AND v.deleted_seq IS NULL ORDER BY v.key LIMIT 100`;
  return db
    .all(sql, [version.artifact.digest, version.id])
    .map((row) => ({ model: text(row, 'name'), number: int(row, 'number') }));
}

/** Versions with the same weights and other files. */
export function sameWeights(
  db: Sqlite,
  { id, facts, artifact }: VersionSummary,
): readonly { readonly model: string; readonly number: number }[] {
  if (facts?.weights === undefined) return [];
  const sql = `SELECT m.name, v.number FROM ${VERSION_TABLES}
    WHERE v.weights = ? AND v.id <> ? AND v.artifact <> ? AND v.deleted_seq IS NULL AND v.${IN_LOG} ORDER BY v.key LIMIT 100`;
  return db
    .all(sql, [facts.weights, id, artifact.digest])
    .map((row) => ({ model: text(row, 'name'), number: int(row, 'number') }));
}

/** The newest version of any model that has these files. */
export function newestWithArtifact(db: Sqlite, digest: string): VersionSummary | undefined {
  return firstVersion(db, 'v.artifact = ? AND v.deleted_seq IS NULL ORDER BY v.key DESC', [digest]);
}

export function newestWithWeights(db: Sqlite, weights: string): VersionSummary | undefined {
  return firstVersion(db, 'v.weights = ? AND v.deleted_seq IS NULL ORDER BY v.key DESC', [weights]);
}

/** Artifacts in which a file of this size has room, of the newest 2,000 versions, newest first, 500 at most. */
export function artifactsOfSize(db: Sqlite, sizeBytes: number): readonly string[] {
  const recent =
    'SELECT artifact, key FROM versions WHERE size_bytes >= ? AND deleted_seq IS NULL ORDER BY key DESC LIMIT 2000';
  const sql = `SELECT artifact, max(key) AS last FROM (${recent}) GROUP BY artifact ORDER BY last DESC LIMIT 500`;
  return db.all(sql, [sizeBytes]).map((row) => text(row, 'artifact'));
}

/** A version with these bytes whose files were read; its id. */
export function versionWithFacts(db: Sqlite, artifact: string): string | undefined {
  const row = db.get('SELECT id FROM versions WHERE artifact = ? AND facts IS NOT NULL LIMIT 1', [artifact]);
  return row && text(row, 'id');
}

/** Digests of the objects that a registration named beside its artifact. */
export function attachedObjects(
  db: Sqlite,
  version: string,
): { readonly facts: string | undefined; readonly history: string | undefined } {
  const row = db.get('SELECT facts_object, history FROM versions WHERE id = ?', [version]) ?? {};
  return { facts: maybeText(row, 'facts_object'), history: maybeText(row, 'history') };
}
