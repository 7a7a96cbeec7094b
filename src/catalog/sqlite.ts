import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import initSqlJs, { type Database, type SqlJsStatic, type Statement } from 'sql.js';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** A SQLite database in memory whose statements are prepared once. */
export class Sqlite {
  readonly #db: Database;
  readonly #statements = new Map<string, Statement>();
  #depth = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  run(sql: string, params: readonly SqlValue[] = []): void {
    const statement = this.#prepared(sql);
    statement.run([...params]);
  }

  get(sql: string, params: readonly SqlValue[] = []): Row | undefined {
    const statement = this.#prepared(sql);
    try {
      statement.bind([...params]);
      return statement.step() ? statement.getAsObject() : undefined;
    } finally {
      statement.reset();
    }
  }

  all(sql: string, params: readonly SqlValue[] = []): readonly Row[] {
    const statement = this.#prepared(sql);
    const rows: Row[] = [];
    try {
      statement.bind([...params]);
      while (statement.step()) rows.push(statement.getAsObject());
      return rows;
    } finally {
      statement.reset();
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
      if (!keep) this.run(`ROLLBACK TO ${name}`);
      this.run(`RELEASE ${name}`);
      this.#depth -= 1;
    }
  }

  /** Runs `change` in one transaction that can't be taken back: where it throws, the database is of no use any more. */
  unjournaled(change: () => void): void {
    this.script('PRAGMA journal_mode = OFF');
    this.script('BEGIN');
    change();
    this.script('COMMIT');
    this.script('PRAGMA journal_mode = MEMORY');
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
    this.#db.exec(sql);
  }

  /** The whole database as the bytes of a SQLite file. */
  export(): Uint8Array {
    return this.#db.export();
  }

  close(): void {
    for (const statement of this.#statements.values()) statement.free();
    this.#statements.clear();
    this.#db.close();
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** The file is memory of this process: nobody else opens it, and no crash can leave it half written. */
const IN_MEMORY = `


PRAGMA page_size = 8192;
PRAGMA cache_size = -65536;
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = MEMORY;
`;

let engine: Promise<SqlJsStatic> | undefined;

/** Opens a database in memory, empty or from the bytes of a SQLite file, which it takes over. The engine is loaded at the first call. */
export async function openSqlite(bytes?: Uint8Array): Promise<Sqlite> {
  engine ??= loadEngine();
  const sqlJs = await engine;
  // The engine copies what it is given by its own slice; these bytes are nobody else's, and a catalog can be large.
  if (bytes) Object.defineProperty(bytes, 'slice', { value: () => bytes });
  const db = new sqlJs.Database(bytes);
  db.exec(IN_MEMORY);
  return new Sqlite(db);
}

async function loadEngine(): Promise<SqlJsStatic> {
  // The bundles stand beside a copy of the engine; the sources find it in its package.
  const places = [
    join(import.meta.dirname, 'sql-wasm.wasm'),
    join(import.meta.dirname, '../../node_modules/sql.js/dist/sql-wasm.wasm'),
  ];
  const file = places.find((place) => existsSync(place)) ?? join(import.meta.dirname, 'sql-wasm.wasm');
  const wasm = new Uint8Array(await readFile(file));
  return initSqlJs({ wasmBinary: wasm.buffer });
}
