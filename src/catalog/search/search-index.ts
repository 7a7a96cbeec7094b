import * as v from 'valibot';
import { int, maybeText, text } from '../columns.ts';
import { searchedFacts } from '../facts-columns.ts';
import { insertRows } from '../insert-rows.ts';
import type { Row, Sqlite } from '../sqlite.ts';

/** Versions that are read at a time. */
const BATCH = 1000;

const metricsSchema = v.record(v.string(), v.union([v.number(), v.string()]));
const paramsSchema = v.record(v.string(), v.string());

/** What searches find a version by. */
export interface SearchedVersion {
  readonly key: number;
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly facts: ReturnType<typeof searchedFacts>;
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
      writeSearched(db, batch, names);
      const last = batch.at(-1);
      if (!last || batch.length < BATCH) break;
      after = last.key;
    }
    markSearched(db, seq);
    return true;
  });
}

/** Writes what searches find `versions` by. `names` keeps the ids of the names of metrics and params from one call to the next. */
export function writeSearched(db: Sqlite, versions: readonly SearchedVersion[], names: Map<string, number>): void {
  writeMetrics(db, versions, names);
  writeParams(db, versions, names);
  writeFactValues(db, versions);
  for (const { key, words } of versions) {
    db.run('INSERT INTO version_texts (docid, body) VALUES (?, ?)', [key, words]);
  }
}

/** Notes that the search tables go up to commit `seq`. */
export function markSearched(db: Sqlite, seq: number): void {
  db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('searched', ?)", [String(seq)]);
}

/** In order of their keys: old versions that changed come with the new ones. */
function changedVersions(db: Sqlite, from: number, after: number): readonly SearchedVersion[] {
  const sql =
    from === 0
      ? 'SELECT key, id, description, metrics, params, facts FROM versions WHERE ? < key ORDER BY key LIMIT ?'
      : `SELECT key, id, description, metrics, params, facts FROM versions
         WHERE key IN (SELECT key FROM versions WHERE changed_seq > ${from}) AND key > ? ORDER BY key LIMIT ?`;
  return db.all(sql, [after, BATCH]).map((row) => {
    const params = v.parse(paramsSchema, JSON.parse(text(row, 'params')));
    return {
      key: int(row, 'key'),
      metrics: v.parse(metricsSchema, JSON.parse(text(row, 'metrics'))),
      params,
      facts: searchedFacts(maybeText(row, 'facts')),
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
function writeMetrics(db: Sqlite, batch: readonly SearchedVersion[], names: Map<string, number>): void {
  const rows = batch.flatMap(({ key, metrics }) =>
    byName(metrics).flatMap(([name, value]): [number, number, number][] =>
      typeof value === 'number' ? [[idOfName(db, name, names), value, key]] : [],
    ),
  );
  // In the order of the table, in which it is written fastest and fills its pages.
  rows.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  insertRows(db, 'metric_values (name, value, version)', rows);
}

function writeParams(db: Sqlite, batch: readonly SearchedVersion[], names: Map<string, number>): void {
  const rows = batch.flatMap(({ key, params }) =>
    byName(params).map(([name, value]): [number, string, number] => [idOfName(db, name, names), value, key]),
  );
  rows.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[2] - b[2]));
  insertRows(db, 'param_values (name, value, version)', rows);
}

function writeFactValues(db: Sqlite, batch: readonly SearchedVersion[]): void {
  const rows = batch.flatMap(({ key, facts }) =>
    facts.map(([name, value]): [string, string | number, number] => [name, value, key]),
  );
  insertRows(db, 'fact_values (name, value, version)', rows);
}

function idOfName(db: Sqlite, name: string, names: Map<string, number>): number {
  const known = names.get(name);
  if (known !== undefined) return known;
  db.run('INSERT OR IGNORE INTO value_names (name) VALUES (?)', [name]);
  const id = int(db.get('SELECT id FROM value_names WHERE name = ?', [name]) ?? {}, 'id');
  names.set(name, id);
  return id;
}

function byName<T>(values: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
