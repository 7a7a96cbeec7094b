import { int, text } from '../columns.ts';
import type { VersionSummary } from '../read-models/versions.ts';
import type { Sqlite, SqlValue } from '../sqlite.ts';
import { VERSION_COLUMNS, VERSION_TABLES, versionSummary } from '../version-rows.ts';
import type { Condition, Sql } from './conditions.ts';
import { longerTerms, wordsOf } from './index-terms.ts';
import { modelsWith } from './words.ts';

/** Of a word that more versions have, the words that begin with it are looked for one by one, unless they are too many. */
const FEW = 1000;
const MANY_TERMS = 64;
/** Of a word that no more versions have, each can be looked at. */
const SHORT = 2000;
/** Where more than so many would be looked at, those that the next condition doesn't hold for are left out before. */
const WORTH_COMPARING = 200;
/** Counting more than so many takes longer than it can save. */
const MANY = 4000;
/** Reading the keys of so many takes no longer than looking at a few hundred versions. */
const WORTH_READING = 12_000;

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

interface Counted {
  readonly keys: Sql;
  /** `MANY` where it is that or more. */
  readonly count: number;
  /** All that `keys` gives, where it has been read. */
  readonly read?: readonly number[];
}

interface Start {
  readonly from: string;
  readonly keys: Sql;
  readonly order: string;
}

/**
 * Where to start from: the condition that holds for the fewest versions, unless going through all versions, or those of the model that is
 * asked for, from the newest on is likely to fill the page sooner, because each of the conditions holds for many.
 */
function startOf(db: Sqlite, conditions: readonly Condition[], limit: number): Start {
  const total = int(db.get('SELECT max(key) AS total FROM versions') ?? {}, 'total') + 1;
  const match = matchOf(db, conditions, total);
  const words: readonly Pick<Condition, 'keys' | 'countable'>[] =
    match === undefined ? [] : [{ keys: matching(match) }];
  const counted = countedIn(db, [...conditions, ...words], total);
  const share = counted.reduce((product, { count }) => product * (count / total), 1);
  const [fewest] = counted.filter(({ count }) => count < MANY).sort((a, b) => a.count - b.count);
  if (fewest && fewest.count <= limit / share) {
    // The page is full as soon as the other conditions hold for so many.
    const lookedAt = Math.min(fewest.count, (limit * fewest.count) / (share * total));
    const next = lookedAt > WORTH_COMPARING ? keysOfNext(db, counted, fewest) : undefined;
    const { sql, params } = next ? inBoth(db, fewest, next) : fewest.keys;
    return { from: VERSION_TABLES, keys: { sql: `v.key IN (${sql})`, params }, order: 'v.key' };
  }
  if (match !== undefined) {
    return {
      from: 'version_texts s CROSS JOIN versions v ON v.key = s.docid JOIN models m ON m.id = v.model',
      keys: { sql: 's.version_texts MATCH ?', params: [match] },
      order: 's.docid',
    };
  }
  const model = conditions.find((condition) => condition.model !== undefined)?.model;
  if (model !== undefined) {
    return {
      from: 'versions v INDEXED BY versions_by_number CROSS JOIN models m ON m.id = v.model',
      keys: { sql: 'v.model = (SELECT id FROM models WHERE name_key = ? AND deleted_seq IS NULL)', params: [model] },
      // Numbers are given in the order of keys.
      order: 'v.number',
    };
  }
  return { from: VERSION_TABLES, keys: { sql: 'TRUE', params: [] }, order: 'v.key' };
}

function countedIn(
  db: Sqlite,
  conditions: readonly Pick<Condition, 'keys' | 'countable'>[],
  total: number,
): readonly Counted[] {
  const withKeys = conditions.flatMap(({ keys, countable }) => (keys ? [{ keys, countable }] : []));
  return withKeys.map(({ keys, countable }): Counted => {
    // Reading keys takes little longer than counting them, and of several conditions they may be compared.
    if (countable || withKeys.length < 2)
      return { keys, count: Math.min(countUpTo(db, countable ?? keys, MANY), total) };
    const read = keysOf(db, keys, MANY);
    return { keys, count: Math.min(read.length, total), ...(read.length < MANY ? { read } : {}) };
  });
}

/** What to match in the index of words, where anything: the rarest word where one is rare, else all of them. */
function matchOf(db: Sqlite, conditions: readonly Condition[], total: number): string | undefined {
  const matches = conditions.flatMap((condition) => matchesOf(db, condition));
  if (matches.length < 2) return matches[0];
  if (total <= SHORT) return matches.join(' ');
  const counted = matches.map((match) => ({ match, count: countUpTo(db, matching(match), SHORT + 1) }));
  const rarest = counted.reduce((a, b) => (b.count < a.count ? b : a));
  // Putting a long list of versions beside a short one takes longer than looking at those of the short one.
  return rarest.count <= SHORT ? rarest.match : matches.join(' ');
}

/**
 * What has to match for a condition to hold. A text that is in a model's name or tags holds for versions whose own words lack it. Of
 * several words, all but the last: it may be cut short, and looking for beginnings takes long where they are common: the index
 * puts all their versions together first. Of words that are named it reads only as many versions as are asked for.
 */
function matchesOf(db: Sqlite, { text }: Condition): readonly string[] {
  if (text === undefined) return [];
  const words = wordsOf(db, text);
  const [only] = words;
  if (only === undefined) return [];
  const models = modelsWith(text);
  if (db.get(`${models.sql} LIMIT 1`, models.params)) return [];
  if (words.length > 1) return words.slice(0, -1).map((word) => `"${word}"`);
  return [beginningMatch(db, only)];
}

function beginningMatch(db: Sqlite, word: string): string {
  const beginning = `"${word}*"`;
  if (countUpTo(db, matching(`"${word}"`), FEW + 1) <= FEW) return beginning;
  const longer = longerTerms(db, word, MANY_TERMS);
  if (longer.length === MANY_TERMS) return beginning;
  return `(${[word, ...longer].map((term) => `"${term}"`).join(' OR ')})`;
}

function matching(match: string): Sql {
  return { sql: 'SELECT docid AS version FROM version_texts WHERE version_texts MATCH ?', params: [match] };
}

/** For which versions the condition holds that holds for the fewest but one; undefined where reading all of those takes too long. */
function keysOfNext(db: Sqlite, counted: readonly Counted[], fewest: Counted): readonly number[] | undefined {
  const [next] = counted.filter((one) => one !== fewest).sort((a, b) => a.count - b.count);
  const keys = next && (next.read ?? keysOf(db, next.keys, WORTH_READING));
  return keys && keys.length < WORTH_READING ? keys : undefined;
}

/** Compared here and not by SQLite, which takes twice as long: in the sandbox that it runs in, it makes a tree of one of the lists. */
function inBoth(db: Sqlite, fewest: Counted, next: readonly number[]): Sql {
  const few = new Set(fewest.read ?? keysOf(db, fewest.keys, MANY));
  return { sql: 'SELECT value FROM json_each(?)', params: [JSON.stringify(next.filter((key) => few.has(key)))] };
}

/** At most `limit` keys, read as one text: row by row takes many times as long. */
function keysOf(db: Sqlite, { sql, params }: Sql, limit: number): readonly number[] {
  const row = db.get(`SELECT json_group_array(version) AS keys FROM (${sql} LIMIT ?)`, [...params, limit]);
  const keys: unknown = JSON.parse(text(row ?? {}, 'keys'));
  return Array.isArray(keys) ? keys.map(Number) : [];
}

function countUpTo(db: Sqlite, { sql, params }: Sql, limit: number): number {
  const all: SqlValue[] = [...params, limit];
  return int(db.get(`SELECT count(*) AS count FROM (${sql} LIMIT ?)`, all) ?? {}, 'count');
}
