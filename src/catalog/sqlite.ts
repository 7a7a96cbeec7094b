import type { Database, SqlJsStatic, Statement } from 'sql.js';
import { loadSqlEngine } from '../base/sql-engine.ts';
import { DatabaseFile } from './database-file.ts';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** A SQLite database in memory whose statements are prepared once. */
export class Sqlite {
  readonly #db: Database;
  readonly #file: DatabaseFile;
  readonly #statements = new Map<string, Statement>();
  readonly #columns = new Map<string, readonly string[]>();
  #depth = 0;

  constructor(db: Database, file: DatabaseFile) {
    this.#db = db;
    this.#file = file;
  }

  get sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  /** The bytes of the database, or undefined where they can only be had by `export`. */
  get file(): DatabaseFile | undefined {
    return this.#file.isWhole ? this.#file : undefined;
  }

  run(sql: string, params: readonly SqlValue[] = []): void {
    const statement = this.#prepared(sql);
    statement.run([...params]);
  }

  get(sql: string, params: readonly SqlValue[] = []): Row | undefined {
    const statement = this.#prepared(sql);
    try {
      statement.bind([...params]);
      return statement.step() ? this.#row(sql, statement) : undefined;
    } finally {
      this.#reset(statement);
    }
  }

  all(sql: string, params: readonly SqlValue[] = []): readonly Row[] {
    const statement = this.#prepared(sql);
    const rows: Row[] = [];
    try {
      statement.bind([...params]);
      while (statement.step()) rows.push(this.#row(sql, statement));
      return rows;
    } finally {
      this.#reset(statement);
    }
  }

  /** Runs `change`; when it returns false, or throws, nothing of it remains. Calls may be nested. */
  atomically(change: () => boolean): void {
    const name = `change_${this.#depth}`;
    this.#depth += 1;
    this.run(`SAVEPOINT ${name}`);
    let keep = false;
    try {
      keep = change();
    } finally {
      this.#depth -= 1;
      if (!keep) this.run(`ROLLBACK TO ${name}`);
      this.run(`RELEASE ${name}`);
    }
  }

  /** Runs `change` in one transaction that can't be taken back: where it throws, the database is of no use any more. */
  unjournaled(change: () => void): void {
    this.script('PRAGMA journal_mode = OFF; PRAGMA cache_spill = ON; BEGIN');
    change();
    this.script('COMMIT; PRAGMA cache_spill = OFF; PRAGMA journal_mode = MEMORY');
  }

  /** Begins a trial: whatever is changed from now on is gone after `endTrial`. There is one at a time, outside of `atomically`. */
  beginTrial(): void {
    this.run('SAVEPOINT trial');
  }

  endTrial(): void {
    this.run('ROLLBACK TO trial');
    this.run('RELEASE trial');
  }

  /** Runs several statements that return nothing. */
  script(sql: string): void {
    this.#refuseDamaged();
    this.#db.exec(sql);
  }

  /** The whole database as the bytes of a SQLite file. */
  export(): Uint8Array {
    return this.#db.export();
  }

  close(): void {
    if (this.#file.damage) {
      // What went wrong left the engine in the middle of a call.
      engine = undefined;
    } else {
      for (const statement of this.#statements.values()) statement.free();
      this.#db.close();
    }
    this.#statements.clear();
    this.#file.release();
  }

  /** The engine's own `getAsObject` asks for the names of the columns again with each row. */
  #row(sql: string, statement: Statement): Row {
    let columns = this.#columns.get(sql);
    if (!columns) {
      columns = statement.getColumnNames();
      this.#columns.set(sql, columns);
    }
    const values = statement.get();
    const row: Record<string, unknown> = {};
    // Counting takes half the time of `entries()`, and pages have a thousand values.
    for (let index = 0; index < columns.length; index += 1) row[columns[index] ?? ''] = values[index];
    return row;
  }

  #reset(statement: Statement): void {
    if (!this.#file.damage) statement.reset();
  }

  #refuseDamaged(): void {
    if (this.#file.damage) throw this.#file.damage;
  }

  #prepared(sql: string): Statement {
    this.#refuseDamaged();
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * The file is memory of this process: nobody else opens it, and no crash can leave it half written. What a transaction changes stays in the
 * engine's own memory until it ends, so that taking it back never shortens the file.
 */
const IN_MEMORY = `
PRAGMA page_size = 8192;
PRAGMA cache_size = -32768;
PRAGMA cache_spill = OFF;
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = MEMORY;
`;

let engine: Promise<SqlJsStatic> | undefined;

/** Opens a database in memory: an empty one, or a saved one, whose file it takes over. The engine is loaded at the first call. */
export async function openSqlite(saved?: DatabaseFile): Promise<Sqlite> {
  engine ??= loadSqlEngine();
  const sqlJs = await engine;
  const file = saved ?? DatabaseFile.holding(emptyDatabase(sqlJs));
  const db = new sqlJs.Database(file);
  try {
    db.exec(IN_MEMORY);
  } catch (error) {
    if (file.damage) engine = undefined;
    file.release();
    throw error;
  }
  return new Sqlite(db, file);
}

/** The engine keeps a file of no bytes in an array of its own, so a new database begins with one page. */
function emptyDatabase(sqlJs: SqlJsStatic): Uint8Array {
  const db = new sqlJs.Database();
  db.exec('PRAGMA page_size = 8192; CREATE TABLE t (x); DROP TABLE t');
  const bytes = db.export();
  db.close();
  return bytes;
}
