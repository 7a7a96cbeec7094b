import * as v from 'valibot';
import { int, text } from '../columns.ts';
import type { Row, Sqlite, SqlValue } from '../sqlite.ts';

/** Versions that are read at a time. */
const BATCH = 1000;
/** Rows that one statement inserts: each statement costs more than each row. */
const ROWS = 32;

const metricsSchema = v.record(v.string(), v.union([v.number(), v.string()]));
const paramsSchema = v.record(v.string(), v.string());

interface VersionText {
  readonly key: number;
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly words: string;
}

/**
 * Brings the tables that searches need up to `seq`, the last commit that is applied. They are filled before a search and not with each
 * commit, because writing words one version at a time costs more than everything else that a commit does. Words that a version has
 * lost stay in the index: a search looks at the version itself, too.
 */
export function catchUpSearch(db: Sqlite, seq: number): void {
  const searched = db.get("SELECT value FROM meta WHERE key = 'searched'");
  const from = searched ? Number(text(searched, 'value')) : 0;
  if (from >= seq) return;
  const names = new Map<string, number>();
  db.atomically(() => {
    for (let after = 0; ; ) {
      const batch = changedVersions(db, from, after);
      writeMetrics(db, batch, names);
      writeParams(db, batch, names);
      for (const { key, words } of batch) {
        db.run('INSERT INTO version_texts (docid, body) VALUES (?, ?)', [key, words]);
      }
      const last = batch.at(-1);
      if (!last || batch.length < BATCH) break;
      after = last.key;
    }
    db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('searched', ?)", [String(seq)]);
    return true;
  });
}

/** In order of their keys: old versions that changed come with the new ones. */
function changedVersions(db: Sqlite, from: number, after: number): readonly VersionText[] {
  const sql =
    from === 0
      ? 'SELECT key, id, description, metrics, params FROM versions WHERE ? < key ORDER BY key LIMIT ?'
      : `SELECT key, id, description, metrics, params FROM versions
         WHERE key IN (SELECT key FROM versions WHERE changed_seq > ${from}) AND key > ? ORDER BY key LIMIT ?`;
  return db.all(sql, [after, BATCH]).map((row) => {
    const params = v.parse(paramsSchema, JSON.parse(text(row, 'params')));
    return {
      key: int(row, 'key'),
      metrics: v.parse(metricsSchema, JSON.parse(text(row, 'metrics'))),
      params,
      words: [text(row, 'description'), ...attachedWords(db, row), ...Object.entries(params).flat()].join('\n'),
    };
  });
}

function attachedWords(db: Sqlite, row: Row): readonly string[] {
  const id = text(row, 'id');
  return [
    ...db.all('SELECT text FROM remarks WHERE subject = ?', [id]).map((remark) => text(remark, 'text')),
    ...db
      .all('SELECT key, value FROM tags WHERE subject = ?', [id])
      .flatMap((tag) => [text(tag, 'key'), text(tag, 'value')]),
    ...db.all('SELECT alias FROM aliases WHERE version = ?', [id]).map((alias) => text(alias, 'alias')),
  ];
}

/** Finite numbers only: nothing can be said of the others by comparing. */
function writeMetrics(db: Sqlite, batch: readonly VersionText[], names: Map<string, number>): void {
  const rows = batch.flatMap(({ key, metrics }) =>
    Object.entries(metrics).flatMap(([name, value]): SqlValue[][] =>
      typeof value === 'number' ? [[idOfName(db, name, names), value, key]] : [],
    ),
  );
  // In the order of the table, in which it is written fastest and fills its pages.
  rows.sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]) || Number(a[2]) - Number(b[2]));
  insertRows(db, 'metric_values (name, value, version)', rows);
}

function writeParams(db: Sqlite, batch: readonly VersionText[], names: Map<string, number>): void {
  const rows = batch.flatMap(({ key, params }) =>
    Object.entries(params).map(([name, value]): SqlValue[] => [idOfName(db, name, names), value, key]),
  );
  insertRows(db, 'param_values (name, value, version)', rows);
}

function insertRows(db: Sqlite, target: string, rows: readonly (readonly SqlValue[])[]): void {
  for (let start = 0; start < rows.length; start += ROWS) {
    const some = rows.slice(start, start + ROWS);
    const places = some.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
    db.run(`INSERT OR IGNORE INTO ${target} VALUES ${places}`, some.flat());
  }
}

function idOfName(db: Sqlite, name: string, names: Map<string, number>): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  db.run('INSERT OR IGNORE INTO value_names (name) VALUES (?)', [name]);
  const id = int(db.get('SELECT id FROM value_names WHERE name = ?', [name]) ?? {}, 'id');
  names.set(name, id);
  return id;
}
