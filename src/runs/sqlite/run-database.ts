import type { Database } from 'sql.js';
import { loadSqlEngine } from '../../base/sql-engine.ts';
import { RunFileInvalid, type RunFiles } from '../run-files.ts';
import { committedImage } from './committed-image.ts';

const MAX_FILE_BYTES = 256 * 1024 * 1024;
const ATTEMPTS = 4;

export type SqlRow = Readonly<Record<string, unknown>>;

/** The committed state of somebody else's SQLite database, in memory. Nothing is locked, and nothing written. */
export class RunDatabase {
  readonly #db: Database;
  readonly #tables: ReadonlySet<string>;

  constructor(db: Database) {
    this.#db = db;
    // A view, a virtual table or a computed column could keep a query busy for ever.
    this.#tables = new Set(
      this.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")
        .map(({ name }) => String(name))
        .filter((name) => this.rows('SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden <> 0', [name]).length === 0),
    );
  }

  /** Whether there is an ordinary table of this name. Only such tables may be asked. */
  has(table: string): boolean {
    return this.#tables.has(table);
  }

  rows(sql: string, params: readonly (string | number)[] = []): readonly SqlRow[] {
    const rows: SqlRow[] = [];
    this.each(sql, params, (row) => rows.push(row));
    return rows;
  }

  each(sql: string, params: readonly (string | number)[], onRow: (row: SqlRow) => void): void {
    const statement = this.#db.prepare(sql);
    try {
      statement.bind([...params]);
      while (statement.step()) onRow(statement.getAsObject());
    } finally {
      statement.free();
    }
  }

  close(): void {
    this.#db.close();
  }
}

/** Opens a copy of a database as its last commit left it. Throws `RunFileInvalid` where it is none, is damaged or too large. */
export async function openRunDatabase(path: string, files: RunFiles): Promise<RunDatabase> {
  const image = await consistentImage(path, files);
  // Not the catalog's: what a file does to the engine's memory stays with it.
  const sqlJs = await loadSqlEngine();
  const db = new sqlJs.Database(image);
  try {
    // Trees of pages that lead to each other in circles have no end: the check does. Expressions of the file aren't evaluated.
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA query_only = ON;');
    const found = db.exec('PRAGMA quick_check(1)')[0]?.values[0]?.[0];
    if (found !== 'ok') throw new RunFileInvalid(`${path} is damaged: ${String(found).slice(0, 200)}`);
    return new RunDatabase(db);
  } catch (error) {
    db.close();
    if (error instanceof RunFileInvalid) throw error;
    throw new RunFileInvalid(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What is read while somebody writes may fit together badly: it is read again until nothing changes meanwhile. */
async function consistentImage(path: string, files: RunFiles): Promise<Uint8Array> {
  const parts = [path, `${path}-wal`, `${path}-journal`];
  for (let attempt = 1; ; attempt += 1) {
    const before = await stampsOf(parts, files);
    const [main, wal, journal] = await Promise.all(parts.map((part) => files.read(part, MAX_FILE_BYTES)));
    if (before !== (await stampsOf(parts, files)) && attempt < ATTEMPTS) continue;
    const image =
      main && (await sizeOf(path, files)) <= MAX_FILE_BYTES ? committedImage(main, wal, journal) : undefined;
    if (!image) throw new RunFileInvalid(`${path} is no SQLite database, or a larger one than is read`);
    return image;
  }
}

async function stampsOf(paths: readonly string[], files: RunFiles): Promise<string> {
  const stats = await Promise.all(paths.map((path) => files.stat(path)));
  return JSON.stringify(stats);
}

async function sizeOf(path: string, files: RunFiles): Promise<number> {
  return (await files.stat(path))?.sizeBytes ?? 0;
}
