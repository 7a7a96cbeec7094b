import { PRODUCTION } from '../rules/policy.ts';
import { tagsOf } from './annotation-queries.ts';
import { author, int, text } from './columns.ts';
import type { AtResult, ProductionEntry } from './read-models/holders.ts';
import type { AliasEntry, ModelSummary } from './read-models/models.ts';
import type { Row, Sqlite } from './sqlite.ts';
import { newestVersion, versionById } from './version-queries.ts';

const COLUMNS = `id, name, name_key, description, created_at, created_by_name, created_by_email, created_by_signer, version_count`;

function modelSummary(db: Sqlite, row: Row): ModelSummary {
  const id = text(row, 'id');
  const latest = newestVersion(db, id);
  const production = newestVersion(db, id, PRODUCTION);
  return {
    id,
    name: text(row, 'name'),
    description: text(row, 'description'),
    tags: tagsOf(db, id),
    createdAt: text(row, 'created_at'),
    createdBy: author(row, 'created_by'),
    versions: int(row, 'version_count'),
    ...(latest ? { latest } : {}),
    ...(production ? { production } : {}),
  };
}

/** In order of their names, after the name `after`; those only whose names contain `part`. */
export function modelsPage(db: Sqlite, after: string, limit: number, part = ''): readonly ModelSummary[] {
  const sql = `SELECT ${COLUMNS} FROM models WHERE deleted_seq IS NULL AND name_key > ? AND instr(name_key, ?) > 0 ORDER BY name_key LIMIT ?`;
  return db.all(sql, [after, part.toLowerCase(), limit]).map((row) => modelSummary(db, row));
}

/** Those with the newest versions first, after the first `offset`. */
export function recentModels(db: Sqlite, offset: number, limit: number, part = ''): readonly ModelSummary[] {
  const newest = `(SELECT max(v.key) FROM versions v WHERE v.model = models.id AND v.number =
    (SELECT max(number) FROM versions o WHERE o.model = models.id))`;
  const sql = `SELECT ${COLUMNS} FROM models WHERE deleted_seq IS NULL AND instr(name_key, ?) > 0
    ORDER BY coalesce(${newest}, 0) DESC, name_key LIMIT ? OFFSET ?`;
  return db.all(sql, [part.toLowerCase(), limit, offset]).map((row) => modelSummary(db, row));
}

/** A model that isn't deleted, by its canonical id. */
export function modelById(db: Sqlite, id: string): ModelSummary | undefined {
  const row = db.get(`SELECT ${COLUMNS} FROM models WHERE id = ? AND deleted_seq IS NULL`, [id]);
  return row && modelSummary(db, row);
}

/** Names of models, for advice on a name that isn't one. */
export function modelNames(db: Sqlite, limit: number): readonly string[] {
  const sql = 'SELECT name FROM models WHERE deleted_seq IS NULL ORDER BY name_key LIMIT ?';
  return db.all(sql, [limit]).map((row) => text(row, 'name'));
}

export function formerNames(db: Sqlite, model: string): readonly string[] {
  return db
    .all('SELECT name FROM former_names WHERE model = ? ORDER BY name_key', [model])
    .map((row) => text(row, 'name'));
}

export function aliasEntries(db: Sqlite, model: string): readonly AliasEntry[] {
  const sql = `SELECT a.alias, a.version, v.number FROM aliases a JOIN versions v ON v.id = a.version WHERE a.model = ? ORDER BY a.alias`;
  return db.all(sql, [model]).map((row) => ({
    alias: text(row, 'alias'),
    number: int(row, 'number'),
    versionId: text(row, 'version'),
  }));
}

/** Every version in production, by model name. */
export function productionEntries(db: Sqlite): readonly ProductionEntry[] {
  const sql = `SELECT t.version, t.model, t.since, t.by_name, t.by_email, t.by_signer, t.reason FROM tenures t JOIN models m ON m.id = t.model
    WHERE t.stage = ? AND t.to_seq IS NULL AND m.deleted_seq IS NULL ORDER BY m.name_key, t.id`;
  return db.all(sql, [PRODUCTION]).flatMap((row) => {
    const version = versionById(db, text(row, 'version'));
    if (!version) return [];
    const stack = db.all(
      'SELECT version FROM holder_stacks WHERE model = ? AND stage = ? ORDER BY depth DESC LIMIT 2',
      [text(row, 'model'), PRODUCTION],
    );
    const below = stack[1];
    const previous = below && versionById(db, text(below, 'version'));
    return [
      {
        model: version.model,
        modelId: version.modelId,
        stage: PRODUCTION,
        version,
        since: text(row, 'since'),
        by: author(row, 'by'),
        reason: text(row, 'reason'),
        ...(previous ? { previous } : {}),
      },
    ];
  });
}

function newestCommit(db: Sqlite): number {
  const newest = db.get('SELECT max(seq) AS seq FROM commits');
  return newest?.seq ? int(newest, 'seq') : 0;
}

/** The first commit that is later than `now`. */
function commitAhead(db: Sqlite, now: string): AtResult['ahead'] {
  const seq = lastCommitAt(db, now) + 1;
  const commit = db.get('SELECT at FROM commits WHERE seq = ?', [seq]);
  return commit && { seq, at: text(commit, 'at') };
}

/** The newest commit that is not later than `time`; 0 where there is none. The log's clock never goes back. */
function lastCommitAt(db: Sqlite, time: string): number {
  let low = 0;
  let high = newestCommit(db);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const commit = db.get('SELECT at FROM commits WHERE seq = ?', [middle]);
    if (commit && text(commit, 'at') <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * What stood in which stage right after the newest commit that is not later than `time` (ISO 8601, UTC, milliseconds). Without it that is the newest one, whatever
 * its clock said: the order is the log's.
 */
export function holdersAt(
  db: Sqlite,
  asked: { readonly time?: string; readonly now: string; readonly model: string | undefined },
): AtResult {
  const { now, model } = asked;
  const isNow = asked.time === undefined;
  const time = asked.time ?? now;
  const seq = isNow ? newestCommit(db) : lastCommitAt(db, time);
  const sql = `SELECT m.name, t.stage, t.version, v.number, t.since, t.by_name, t.by_email, t.by_signer, t.reason
    FROM tenures t JOIN models m ON m.id = t.model JOIN versions v ON v.id = t.version
    WHERE t.from_seq <= ?1 AND (t.to_seq IS NULL OR t.to_seq > ?1) AND t.stage NOT IN ('candidate', 'archived')
    AND (?2 IS NULL OR t.model = ?2) ORDER BY m.name_key, t.stage, v.number`;
  const known = db.all(sql, [seq, model ?? null]).map(holderIn);
  const claimed = claimedHoldersAt(db, { time, seq, model });
  const begins = seq === 0 ? db.get('SELECT at FROM commits WHERE seq = 1') : undefined;
  const ahead = time <= now ? commitAhead(db, now) : undefined;
  return {
    time,
    seq,
    ...(ahead && (isNow || seq === ahead.seq - 1) ? { ahead } : {}),
    ...(begins ? { beginsAt: text(begins, 'at') } : {}),
    holders: claimed.length === 0 ? known : [...known, ...claimed].sort(byName),
  };
}

/**
 * The same by what was taken over from registries on one machine, for versions that the log didn't have yet: it knows when they were
 * asked for, by the word of whoever asked.
 */
function claimedHoldersAt(
  db: Sqlite,
  { time, seq, model }: { readonly time: string; readonly seq: number; readonly model: string | undefined },
): AtResult['holders'] {
  const sql = `WITH later AS (SELECT DISTINCT version FROM tenures WHERE from_seq > ?1 AND (?3 IS NULL OR model = ?3))
    SELECT m.name, t.to_stage AS stage, t.version, v.number, t.asked_at AS since, t.by_name, t.by_email, t.by_signer, t.reason
    FROM later l JOIN versions v ON v.id = l.version JOIN models m ON m.id = v.model JOIN transitions t ON t.id =
      (SELECT o.id FROM transitions o WHERE o.version = v.id AND julianday(o.asked_at) <= julianday(?2) ORDER BY o.id DESC LIMIT 1)
    WHERE v.via = 'import' AND v.seq > ?1 AND t.to_stage NOT IN ('candidate', 'archived')`;
  return db.all(sql, [seq, time, model ?? null]).map((row) => ({ ...holderIn(row), isClaimed: true as const }));
}

type Holder = AtResult['holders'][number];

function holderIn(row: Row): Holder {
  return {
    model: text(row, 'name'),
    stage: text(row, 'stage'),
    number: int(row, 'number'),
    versionId: text(row, 'version'),
    since: text(row, 'since'),
    by: author(row, 'by'),
    reason: text(row, 'reason'),
  };
}

function byName(a: Holder, b: Holder): number {
  const [one, other] = [a.model.toLowerCase(), b.model.toLowerCase()];
  return one < other ? -1 : one > other ? 1 : a.stage < b.stage ? -1 : a.stage > b.stage ? 1 : a.number - b.number;
}
