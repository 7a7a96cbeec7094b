import * as v from 'valibot';
import { int, text } from './columns.ts';
import { metricsSchema } from './evaluation-queries.ts';
import type { VersionSummary } from './read-models/versions.ts';
import type { Row, Sqlite } from './sqlite.ts';
import { paramsSchema, VERSION_COLUMNS, VERSION_TABLES, versionSummary } from './version-rows.ts';

/** What is laid over the log: the tables of searches don't have it. */
const OVER_LOG = 'changed_seq > (SELECT coalesce(max(seq), 0) FROM commits)';

export interface PlottedVersion {
  readonly key: number;
  readonly number: number;
  readonly stage: string;
}

/** The versions of a model that aren't deleted, oldest first. Reads one index: the versions themselves are a hundred times as long. */
export function plottedVersions(db: Sqlite, model: string): readonly PlottedVersion[] {
  const sql =
    'SELECT key, number, stage FROM versions INDEXED BY versions_by_stage WHERE model = ? AND deleted_seq IS NULL';
  return db
    .all(sql, [model])
    .map((row) => ({ key: int(row, 'key'), number: int(row, 'number'), stage: text(row, 'stage') }))
    .sort((a, b) => a.number - b.number);
}

/** A model with fewer versions than these is read itself; of one with more, the tables of searches are. */
const FEW = 2000;

export interface PlottedValues {
  /** The finite values of a metric by the keys of the versions that have it; other models' may be among them. */
  metric(name: string): ReadonlyMap<number, number>;
  param(name: string): ReadonlyMap<number, string>;
}

/** Where the values of a model's versions are read from; `catchUp` brings the tables of searches up to date. */
export function plottedValues(db: Sqlite, model: string, count: number, catchUp: () => void): PlottedValues {
  if (count <= FEW) {
    const rows = db.all('SELECT key, metrics, params FROM versions WHERE model = ? AND deleted_seq IS NULL', [model]);
    return { metric: (name) => metricsIn(rows, name), param: (name) => paramsIn(rows, name) };
  }
  catchUp();
  return { metric: (name) => metricValues(db, name), param: (name) => paramValues(db, name) };
}

function metricValues(db: Sqlite, name: string): ReadonlyMap<number, number> {
  const sql = 'SELECT m.version, m.value FROM value_names n JOIN metric_values m ON m.name = n.id WHERE n.name = ?';
  const values = db.all(sql, [name]).map((row): [number, number] => [int(row, 'version'), Number(row.value)]);
  return new Map([...values, ...metricsIn(db.all(`SELECT key, metrics FROM versions WHERE ${OVER_LOG}`), name)]);
}

function paramValues(db: Sqlite, name: string): ReadonlyMap<number, string> {
  const sql = 'SELECT p.version, p.value FROM value_names n JOIN param_values p ON p.name = n.id WHERE n.name = ?';
  const values = db.all(sql, [name]).map((row): [number, string] => [int(row, 'version'), text(row, 'value')]);
  return new Map([...values, ...paramsIn(db.all(`SELECT key, params FROM versions WHERE ${OVER_LOG}`), name)]);
}

function metricsIn(rows: readonly Row[], name: string): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (const row of rows) {
    const metrics = v.parse(metricsSchema, JSON.parse(text(row, 'metrics')));
    const value = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
    if (typeof value === 'number') values.set(int(row, 'key'), value);
  }
  return values;
}

function paramsIn(rows: readonly Row[], name: string): ReadonlyMap<number, string> {
  const values = new Map<number, string>();
  for (const row of rows) {
    const params = v.parse(paramsSchema, JSON.parse(text(row, 'params')));
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value !== undefined) values.set(int(row, 'key'), value);
  }
  return values;
}

/** When the versions with these keys were registered, in milliseconds. */
export function registrationTimes(db: Sqlite, keys: readonly number[]): ReadonlyMap<number, number> {
  const sql = 'SELECT key, created_at FROM versions WHERE key IN (SELECT value FROM json_each(?))';
  const rows = db.all(sql, [JSON.stringify(keys)]);
  return new Map(rows.map((row) => [int(row, 'key'), Date.parse(text(row, 'created_at'))]));
}

/** Keys of the versions that came to a stage last, so many at most. */
export function recentHolders(db: Sqlite, model: string, stage: string, limit: number): ReadonlySet<number> {
  const recent = 'SELECT version FROM tenures WHERE model = ? AND stage = ? ORDER BY from_seq DESC LIMIT ?';
  const rows = db.all(`SELECT key FROM versions WHERE id IN (${recent})`, [model, stage, limit]);
  return new Set(rows.map((row) => int(row, 'key')));
}

/** In the order of the keys. */
export function versionsByKey(db: Sqlite, keys: readonly number[]): readonly VersionSummary[] {
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE v.key IN (SELECT value FROM json_each(?))`;
  const rows = db.all(sql, [JSON.stringify(keys)]);
  const byKey = new Map(rows.map((row) => [int(row, 'key'), versionSummary(row)]));
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

/**
 * The least number of a model's versions for which `isReached`, one more than the last where there is none. Later versions are later in time
 * and in the log, so that few of them are looked at.
 */
function firstNumber(
  db: Sqlite,
  model: string,
  isReached: (version: { readonly createdAt: string; readonly seq: number }) => boolean,
  near?: number,
): number {
  const last = db.get('SELECT max(number) AS last FROM versions WHERE model = ?', [model]);
  let low = near ?? 1;
  let high = (last ? int(last, 'last') : 0) + 1;
  // Steps that grow from a number near it, where there is one; then halves of what is left.
  let step = near === undefined ? 0 : 1;
  while (low < high) {
    const middle = step > 0 && low + step < high ? low + step - 1 : Math.floor((low + high) / 2);
    const row = db.get('SELECT created_at, seq FROM versions WHERE model = ? AND number >= ? ORDER BY number LIMIT 1', [
      model,
      middle,
    ]);
    if (!row || isReached({ createdAt: text(row, 'created_at'), seq: int(row, 'seq') })) {
      high = middle;
      step = 0;
    } else {
      low = middle + 1;
      step *= 2;
    }
  }
  return low;
}

/** The number of the first version that was registered at `time` (ISO 8601, UTC, milliseconds) or later. */
export function firstNumberSince(db: Sqlite, model: string, time: string): number {
  return firstNumber(db, model, ({ createdAt }) => createdAt >= time);
}

/** The number of the newest version that the log had at commit `seq`; `known` is that of one that it had. */
export function lastNumberAt(db: Sqlite, model: string, seq: number, known: number): number {
  return firstNumber(db, model, (version) => version.seq > seq, known) - 1;
}

/** A version with what was recorded of it by name. */
export interface ValuedVersion {
  readonly id: string;
  readonly number: number;
  readonly stage: string;
  readonly pending: boolean;
  readonly metrics: Readonly<Record<string, number | string>>;
  readonly params: Readonly<Record<string, string>>;
}

/** The newest versions of a model, or of those with these ids, and how many there are in all. */
export function valuedVersions(
  db: Sqlite,
  model: string,
  ids: readonly string[] | undefined,
  limit: number,
): { readonly newestFirst: readonly ValuedVersion[]; readonly total: number } {
  const where = `model = ? AND deleted_seq IS NULL${ids ? ' AND id IN (SELECT value FROM json_each(?))' : ''}`;
  const values = [model, ...(ids ? [JSON.stringify(ids)] : [])];
  const counted = db.get(`SELECT count(*) AS total FROM versions WHERE ${where}`, values);
  const sql = `SELECT id, number, stage, metrics, params, ${OVER_LOG} AS pending FROM versions WHERE ${where} ORDER BY number DESC LIMIT ?`;
  const newestFirst = db.all(sql, [...values, limit]).map((row) => ({
    id: text(row, 'id'),
    number: int(row, 'number'),
    stage: text(row, 'stage'),
    pending: int(row, 'pending') === 1,
    metrics: v.parse(metricsSchema, JSON.parse(text(row, 'metrics'))),
    params: v.parse(paramsSchema, JSON.parse(text(row, 'params'))),
  }));
  return { newestFirst, total: counted ? int(counted, 'total') : 0 };
}
