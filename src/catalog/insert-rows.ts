import type { Sqlite, SqlValue } from './sqlite.ts';

/** Rows that one statement inserts: each statement costs more than each row. */
const ROWS = 32;
/** SQLite's own limit on the values of a statement. */
const MAX_VALUES = 999;

/** Inserts rows of equal length into `target`, a table and its columns. Rows whose key is there already are left out. */
export function insertRows(db: Sqlite, target: string, rows: readonly (readonly SqlValue[])[]): void {
  const width = rows[0]?.length ?? 1;
  const count = Math.max(1, Math.min(ROWS, Math.floor(MAX_VALUES / width)));
  const row = `(${'?, '.repeat(width - 1)}?)`;
  const insert = (many: number) => `INSERT OR IGNORE INTO ${target} VALUES ${`${row}, `.repeat(many - 1)}${row}`;
  const whole = insert(count);
  for (let start = 0; start < rows.length; start += count) {
    const some = rows.slice(start, start + count);
    db.run(some.length === count ? whole : insert(some.length), some.flat());
  }
}
