import { int } from './columns.ts';
import type { VersionSummary } from './read-models/versions.ts';
import type { Sqlite, SqlValue } from './sqlite.ts';
import { firstVersion, IN_LOG, VERSION_COLUMNS, VERSION_TABLES, versionSummary } from './version-rows.ts';

/** A version that isn't deleted, by its canonical id. */
export function versionById(db: Sqlite, id: string): VersionSummary | undefined {
  return firstVersion(db, 'v.id = ? AND v.deleted_seq IS NULL', [id]);
}

export function versionByNumber(db: Sqlite, model: string, number: number): VersionSummary | undefined {
  return firstVersion(db, `v.model = ? AND v.number = ? AND v.deleted_seq IS NULL AND v.${IN_LOG}`, [model, number]);
}

/** Whether the number was ever given, to a version since deleted too. */
export function isNumberGiven(db: Sqlite, model: string, number: number): boolean {
  return db.get(`SELECT 1 FROM versions WHERE model = ? AND number = ? AND ${IN_LOG}`, [model, number]) !== undefined;
}

/** The versions among the newest thousand of a model whose ids end with `end`. */
export function recentByIdEnd(db: Sqlite, model: string, end: string): readonly VersionSummary[] {
  const newest = 'SELECT key FROM versions WHERE model = ?1 AND deleted_seq IS NULL ORDER BY number DESC LIMIT 1000';
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE v.key IN (${newest}) AND substr(v.id, -6) = ?2`;
  return db.all(sql, [model, end]).map((row) => versionSummary(row));
}

export function newestVersion(db: Sqlite, model: string, stage?: string): VersionSummary | undefined {
  return stage === undefined
    ? firstVersion(db, 'v.model = ? AND v.deleted_seq IS NULL ORDER BY v.number DESC', [model])
    : firstVersion(db, 'v.model = ? AND v.stage = ? AND v.deleted_seq IS NULL ORDER BY v.number DESC', [model, stage]);
}

/** The version of the same model that was registered before this one, and isn't deleted. */
export function precedingVersion(db: Sqlite, { modelId, number }: VersionSummary): VersionSummary | undefined {
  return firstVersion(db, 'v.model = ? AND v.number < ? AND v.deleted_seq IS NULL ORDER BY v.number DESC', [
    modelId,
    number,
  ]);
}

/** Newest first, before the row key `before`. */
export function versionsPage(
  db: Sqlite,
  filter: {
    readonly model?: string | undefined;
    readonly stage?: string | undefined;
    readonly before?: number | undefined;
    /** Not before this number. */
    readonly from?: number | undefined;
  },
  limit: number,
): readonly { readonly key: number; readonly version: VersionSummary }[] {
  const where = ['v.deleted_seq IS NULL'];
  const params: SqlValue[] = [];
  if (filter.model !== undefined) {
    where.push('v.model = ?');
    params.push(filter.model);
  }
  if (filter.stage !== undefined) {
    where.push('v.stage = ?');
    params.push(filter.stage);
  }
  const order = filter.model === undefined ? 'v.key' : 'v.number';
  if (filter.before !== undefined) {
    where.push(`${order} < ?`);
    params.push(filter.before);
  }
  if (filter.from !== undefined) {
    where.push('v.number >= ?');
    params.push(filter.from);
  }
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE ${where.join(' AND ')} ORDER BY ${order} DESC LIMIT ?`;
  return db.all(sql, [...params, limit]).map((row) => ({
    key: int(row, filter.model === undefined ? 'key' : 'number'),
    version: versionSummary(row),
  }));
}

/** Where in the log a version was registered. */
export function registeredAt(
  db: Sqlite,
  version: string,
): { readonly seq: number; readonly position: number } | undefined {
  const row = db.get('SELECT seq, position FROM versions WHERE id = ?', [version]);
  return row && { seq: int(row, 'seq'), position: int(row, 'position') };
}
