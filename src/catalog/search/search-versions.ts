import { int } from '../columns.ts';
import type { VersionSummary } from '../read-models.ts';
import type { Sqlite, SqlValue } from '../sqlite.ts';
import { VERSION_COLUMNS, VERSION_TABLES, versionSummary } from '../version-queries.ts';
import type { Condition, Sql } from './conditions.ts';
import { modelsWith } from './words.ts';

/** A word that so many versions have is looked for as a whole. */
const FEW = 1000;
/** Where more than so many would be looked at, those that the next condition doesn't hold for are left out before. */
const WORTH_COMPARING = 200;
/** Counting more than so many takes longer than it can save. */
const MANY = 4000;

interface Found {
  readonly key: number;
  readonly version: VersionSummary;
}

/**
 * Versions for which all conditions hold, newest first, before the row key `before`. Starts from the condition that holds for the
 * fewest versions, or, where all hold for many, from the newest version.
 */
export function searchVersions(
  db: Sqlite,
  conditions: readonly Condition[],
  before: number | undefined,
  limit: number,
): readonly Found[] {
  const where = [
    'v.deleted_seq IS NULL',
    ...conditions.map(({ holds }) => holds.sql),
    ...(before === undefined ? [] : ['v.key < ?']),
  ].join(' AND ');
  const params = [...conditions.flatMap(({ holds }) => holds.params), ...(before === undefined ? [] : [before]), limit];
  const { from, keys, order } = startOf(db, conditions, limit);
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${from} WHERE ${keys.sql} AND ${where} ORDER BY ${order} DESC LIMIT ?`;
  return db
    .all(sql, [...keys.params, ...params])
    .map((row) => ({ key: int(row, 'key'), version: versionSummary(row) }));
}

interface Start {
  readonly from: string;
  readonly keys: Sql;
  readonly order: string;
}

/**
 * Where to start from: the condition that holds for the fewest versions, unless going through all versions from the newest on is likely
 * to fill the page sooner, because each of the conditions holds for many.
 */
function startOf(db: Sqlite, conditions: readonly Condition[], limit: number): Start {
  const match = matchOf(db, conditions);
  const words: readonly Pick<Condition, 'keys' | 'countable'>[] =
    match === undefined ? [] : [{ keys: matching(match) }];
  const total = int(db.get('SELECT max(key) AS total FROM versions') ?? {}, 'total') + 1;
  const few: { readonly keys: Sql; readonly count: number }[] = [];
  let share = 1;
  for (const { keys, countable = keys } of [...conditions, ...words]) {
    if (!keys || !countable) continue;
    const count = Math.min(countUpTo(db, countable, MANY), total);
    share *= count / total;
    if (count < MANY) few.push({ keys, count });
  }
  const [fewest, next] = few.sort((a, b) => a.count - b.count);
  if (fewest && fewest.count <= limit / share) {
    // The page is full as soon as the other conditions hold for so many.
    const lookedAt = Math.min(fewest.count, (limit * fewest.count) / (share * total));
    const { sql, params } = next && lookedAt > WORTH_COMPARING ? inBoth(fewest.keys, next.keys) : fewest.keys;
    return { from: VERSION_TABLES, keys: { sql: `v.key IN (${sql})`, params }, order: 'v.key' };
  }
  if (match === undefined) return { from: VERSION_TABLES, keys: { sql: 'TRUE', params: [] }, order: 'v.key' };
  return {
    from: 'version_texts s CROSS JOIN versions v ON v.key = s.docid JOIN models m ON m.id = v.model',
    keys: { sql: 's.version_texts MATCH ?', params: [match] },
    order: 's.docid',
  };
}

/**
 * What to match in the index of words, where anything. A text that is in a model's name or tags holds for versions whose own words lack
 * it. Of several words, all but the last: it may be cut short, and looking for beginnings takes long where they are common. For the same
 * reason a single word is looked for as a whole where many versions have it.
 */
function matchOf(db: Sqlite, conditions: readonly Condition[]): string | undefined {
  const matches = conditions.flatMap(({ text, words = [] }) => {
    const [only] = words;
    if (text === undefined || only === undefined) return [];
    const models = modelsWith(text);
    if (db.get(`${models.sql} LIMIT 1`, models.params)) return [];
    if (words.length > 1) return words.slice(0, -1).map((word) => `"${word}"`);
    const isCommon = countUpTo(db, matching(`"${only}"`), FEW + 1) > FEW;
    return [isCommon ? `"${only}"` : `"${only}*"`];
  });
  return matches.length === 0 ? undefined : matches.join(' ');
}

function matching(match: string): Sql {
  return { sql: 'SELECT docid AS version FROM version_texts WHERE version_texts MATCH ?', params: [match] };
}

function inBoth(one: Sql, other: Sql): Sql {
  return {
    sql: `SELECT version FROM (${one.sql}) INTERSECT SELECT version FROM (${other.sql})`,
    params: [...one.params, ...other.params],
  };
}

function countUpTo(db: Sqlite, { sql, params }: Sql, limit: number): number {
  const all: SqlValue[] = [...params, limit];
  return int(db.get(`SELECT count(*) AS count FROM (${sql} LIMIT ?)`, all) ?? {}, 'count');
}
