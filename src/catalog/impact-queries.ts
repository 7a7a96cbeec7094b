import { int, text } from './columns.ts';
import type { VersionSummary } from './read-models/versions.ts';
import type { Sqlite, SqlValue } from './sqlite.ts';
import { VERSION_COLUMNS, VERSION_TABLES, versionSummary } from './version-rows.ts';

/** Versions that something went into directly: a statement that gives their keys, and its values. */
export interface DirectVersions {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const ofInputs = (condition: string) =>
  `SELECT version FROM version_inputs WHERE input IN (SELECT id FROM inputs WHERE ${condition})`;

/** Versions that descend from one by a recorded link, or were trained on data that has the digest of one of its files. */
export function fromVersion(ids: readonly string[], digests: readonly string[]): DirectVersions {
  const sql = `${ofInputs("kind = 'version' AND name IN (SELECT value FROM json_each(?)) AND digest = ''")}
    UNION ${ofInputs("digest IN (SELECT value FROM json_each(?)) AND kind = 'data'")}`;
  return { sql, params: [JSON.stringify(ids), JSON.stringify(digests)] };
}

export function fromData(path: string): DirectVersions {
  return { sql: ofInputs("kind = 'data' AND name = ?"), params: [path] };
}

/** By the first digits of the digest. */
export function fromDigest(prefix: string): DirectVersions {
  return { sql: ofInputs("digest >= ? AND digest < ? AND kind = 'data'"), params: [prefix, `${prefix}g`] };
}

/** Where data with such a digest lies, as some version recorded it. */
export function placeOfData(db: Sqlite, prefix: string): string | undefined {
  const sql = "SELECT name FROM inputs WHERE digest >= ? AND digest < ? AND kind = 'data' AND digest <> '' LIMIT 1";
  const row = db.get(sql, [prefix, `${prefix}g`]);
  return row && text(row, 'name');
}

/** Places of data, as recorded, that end with a name or a path: the first of them by name. */
export function placesEndingIn(db: Sqlite, end: string, limit: number): readonly string[] {
  const sql =
    "SELECT DISTINCT name FROM inputs WHERE kind = 'data' AND substr(name, -length(?1)) = ?1 ORDER BY name LIMIT ?2";
  return db.all(sql, [`/${end}`, limit]).map((row) => text(row, 'name'));
}

/** A model elsewhere, by its name. */
export function fromBase(name: string): DirectVersions {
  return { sql: ofInputs("kind = 'base' AND name = ?"), params: [name.toLowerCase()] };
}

/** By the first digits of the commit. */
export function fromCommit(prefix: string): DirectVersions {
  const sql = 'SELECT key AS version FROM versions WHERE code_commit >= ? AND code_commit < ?';
  return { sql, params: [prefix, `${prefix}g`] };
}

/** Packages of these names, in any of these versions; without versions in all. */
export function fromPackages(names: readonly string[], versions: readonly string[] | undefined): DirectVersions {
  const condition = versions === undefined ? '' : 'AND version IN (SELECT value FROM json_each(?2))';
  const sql = `SELECT version FROM version_inputs WHERE input IN (SELECT i.id FROM
    (SELECT DISTINCT environment FROM packages WHERE name IN (SELECT value FROM json_each(?1)) ${condition}) p
    JOIN inputs i ON i.kind = 'environment' AND i.name = '' AND i.digest = p.environment)`;
  return { sql, params: [JSON.stringify(names), ...(versions === undefined ? [] : [JSON.stringify(versions)])] };
}

export function hasAny(db: Sqlite, { sql, params }: DirectVersions): boolean {
  return db.get(`SELECT 1 FROM versions WHERE deleted_seq IS NULL AND key IN (${sql}) LIMIT 1`, params) !== undefined;
}

/** Also of versions that were deleted since. */
export function wasAny(db: Sqlite, { sql, params }: DirectVersions): boolean {
  return db.get(`SELECT 1 FROM (${sql}) LIMIT 1`, params) !== undefined;
}

/** Every name of a package in the registry, each found by one look at the index. */
export function packageNames(db: Sqlite): readonly string[] {
  const sql = `WITH RECURSIVE n(name) AS (SELECT min(name) FROM packages
    UNION ALL SELECT (SELECT min(name) FROM packages WHERE name > n.name) FROM n WHERE n.name IS NOT NULL)
    SELECT name FROM n WHERE name IS NOT NULL`;
  return db.all(sql).map((row) => text(row, 'name'));
}

export function packageVersions(db: Sqlite, names: readonly string[]): readonly string[] {
  const sql = 'SELECT DISTINCT version FROM packages WHERE name IN (SELECT value FROM json_each(?))';
  return db.all(sql, [JSON.stringify(names)]).map((row) => text(row, 'version'));
}

/** Other ids under which a version was registered. */
export function idsOfVersion(db: Sqlite, id: string): readonly string[] {
  return [id, ...db.all('SELECT id FROM version_ids WHERE version = ?', [id]).map((row) => text(row, 'id'))];
}

/** From so many on, looking at all links and stages of the registry is quicker than at those of each version. */
const MANY = 1000;

/** Versions made from those, and from these again: `direct` and `found`. */
function withDescendants(
  db: Sqlite,
  { sql, params }: DirectVersions,
): { readonly head: string; readonly isMany: boolean } {
  const count = db.get(`SELECT count(*) AS count FROM (SELECT version FROM (${sql}) LIMIT ${MANY + 1})`, params);
  const isMany = int(count ?? {}, 'count') > MANY;
  const links = `SELECT c.version AS child, p.key AS parent FROM inputs i JOIN versions p ON p.id = i.name
    JOIN version_inputs c ON c.input = i.id WHERE i.kind = 'version' AND i.digest = ''`;
  const next = isMany
    ? 'SELECT l.child FROM found f JOIN links l ON l.parent = f.version'
    : `SELECT c.version FROM found f JOIN versions p ON p.key = f.version
       JOIN inputs i ON i.kind = 'version' AND i.name = p.id AND i.digest = '' JOIN version_inputs c ON c.input = i.id`;
  const head = `WITH RECURSIVE direct(version) AS (${sql}), ${isMany ? `links AS MATERIALIZED (${links}),` : ''}
    found(version) AS (SELECT version FROM direct UNION ${next})`;
  return { head, isMany };
}

/** The index has stages and nothing else, so that many are told without reading all that versions have. */
const stagesOf = (isMany: boolean) =>
  `versions v ${isMany ? 'INDEXED BY versions_of_stage' : ''} WHERE v.deleted_seq IS NULL AND v.key IN (SELECT version FROM found)`;

/** What serves first; what is out of use last. */
const RANK = "CASE v.stage WHEN 'production' THEN 0 WHEN 'candidate' THEN 2 WHEN 'archived' THEN 3 ELSE 1 END";

export interface DescendantRow {
  readonly rank: number;
  readonly key: number;
  readonly version: VersionSummary;
  readonly isDirect: boolean;
  /** The id of the version that it descends from, where one was recorded. */
  readonly base: string | undefined;
}

/** Direct and indirect descendants, those in production first, then newest first, after the place `[rank, key]`. */
export function descendants(
  db: Sqlite,
  direct: DirectVersions,
  after: readonly [rank: number, key: number] | undefined,
  limit: number,
): readonly DescendantRow[] {
  const { head, isMany } = withDescendants(db, direct);
  const [rank, key] = after ?? [-1, 0];
  const from = after === undefined ? '' : `AND (${RANK} > ${rank} OR (${RANK} = ${rank} AND v.key < ${key}))`;
  const rows = db.all(
    `${head}, page(key, rank) AS (SELECT v.key, ${RANK} FROM ${stagesOf(isMany)} ${from} ORDER BY 2, 1 DESC LIMIT ${limit})
     SELECT ${VERSION_COLUMNS}, v.base, page.rank, v.key IN (SELECT version FROM direct) AS is_direct
     FROM page, ${VERSION_TABLES} WHERE v.key = page.key ORDER BY page.rank, v.key DESC`,
    direct.params,
  );
  return rows.map((row) => ({
    rank: int(row, 'rank'),
    key: int(row, 'key'),
    version: versionSummary(row),
    isDirect: int(row, 'is_direct') === 1,
    base: typeof row.base === 'string' ? row.base : undefined,
  }));
}

/** How many descendants are in each stage, what serves first. */
export function descendantStages(
  db: Sqlite,
  direct: DirectVersions,
): readonly { readonly stage: string; readonly count: number }[] {
  const { head, isMany } = withDescendants(db, direct);
  const sql = `${head} SELECT v.stage, count(*) AS count FROM ${stagesOf(isMany)} GROUP BY v.stage ORDER BY min(${RANK}), count DESC, v.stage`;
  return db.all(sql, direct.params).map((row) => ({ stage: text(row, 'stage'), count: int(row, 'count') }));
}

/** The first of the versions that something went into directly, those in production first, and how many there are. */
export function directVersions(
  db: Sqlite,
  { sql, params }: DirectVersions,
  limit: number,
): { readonly versions: readonly VersionSummary[]; readonly count: number } {
  const where = `v.deleted_seq IS NULL AND v.key IN (${sql})`;
  const count = int(db.get(`SELECT count(*) AS count FROM versions v WHERE ${where}`, params) ?? {}, 'count');
  const page = `SELECT v.key, ${RANK} AS rank FROM versions v WHERE ${where} ORDER BY 2, 1 DESC LIMIT ${limit}`;
  const rows = db.all(
    `SELECT ${VERSION_COLUMNS} FROM (${page}) page, ${VERSION_TABLES} WHERE v.key = page.key ORDER BY page.rank, v.key DESC`,
    params,
  );
  return { versions: rows.map((row) => versionSummary(row)), count };
}
