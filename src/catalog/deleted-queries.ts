import { int, maybeText } from './columns.ts';
import type { VersionSummary } from './read-models/versions.ts';
import type { Sqlite } from './sqlite.ts';
import { VERSION_COLUMNS, VERSION_TABLES, versionSummary } from './version-rows.ts';

/** A version that was deleted, and by which commit; `at` is missing where that isn't in the log yet. */
export interface DeletedVersion {
  readonly version: VersionSummary;
  readonly seq: number;
  readonly at?: string;
}

/** A version that was deleted, by its canonical id or its number: of what was recorded of it nothing is gone. */
export function deletedVersion(
  db: Sqlite,
  which: { readonly id: string } | { readonly model: string; readonly number: number },
): DeletedVersion | undefined {
  const [where, params] =
    'id' in which ? ['v.id = ?', [which.id]] : ['v.model = ? AND v.number = ?', [which.model, which.number]];
  const row = db.get(
    `SELECT ${VERSION_COLUMNS}, v.deleted_seq, (SELECT at FROM commits WHERE seq = v.deleted_seq) AS deleted_at
      FROM ${VERSION_TABLES} WHERE ${where} AND v.deleted_seq IS NOT NULL ORDER BY v.key DESC LIMIT 1`,
    params,
  );
  if (!row) return undefined;
  const at = maybeText(row, 'deleted_at');
  return { version: versionSummary(row), seq: int(row, 'deleted_seq'), ...(at === undefined ? {} : { at }) };
}
