import { int } from '../columns.ts';
import type { VersionSummary } from '../read-models.ts';
import type { Sqlite, SqlValue } from '../sqlite.ts';
import { VERSION_COLUMNS, VERSION_TABLES, versionSummary } from '../version-queries.ts';
import type { Condition, Sql } from './conditions.ts';
import { modelsWith } from './words.ts';

/** Up to so many versions, all that a condition holds for are looked at; where it holds for more, the newest ones will do. */
const FEW = 2000;

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
  const { from, keys, order } = startOf(db, conditions);
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${from} WHERE ${keys.sql} AND ${where} ORDER BY ${order} DESC LIMIT ?`;
  return db
    .all(sql, [...keys.params, ...params])
    .map((row) => ({ key: int(row, 'key'), version: versionSummary(db, row) }));
}

interface Start {
  readonly from: string;
  readonly keys: Sql;
  readonly order: string;
}

function startOf(db: Sqlite, conditions: readonly Condition[]): Start {
  const match = matchOf(db, conditions);
  const words = match === undefined ? [] : [matching(match)];
  let fewest: Sql | undefined;
  let count = FEW + 1;
  for (const candidate of [...conditions.flatMap(({ keys }) => keys ?? []), ...words]) {
    const held = countUpTo(db, candidate, count);
    if (held >= count) continue;
    fewest = candidate;
    count = held;
  }
  if (fewest) {
    return { from: VERSION_TABLES, keys: { ...fewest, sql: `v.key IN (${fewest.sql})` }, order: 'v.key' };
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

function countUpTo(db: Sqlite, { sql, params }: Sql, limit: number): number {
  const all: SqlValue[] = [...params, limit];
  return int(db.get(`SELECT count(*) AS count FROM (${sql} LIMIT ?)`, all) ?? {}, 'count');
}
