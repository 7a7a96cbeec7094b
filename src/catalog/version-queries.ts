import * as v from 'valibot';
import type { EventOf } from '../log/events.ts';
import { claimedTimes } from './claimed-times.ts';
import { author, int, maybeText, text } from './columns.ts';
import { evaluationsOf, metricsSchema } from './evaluation-queries.ts';
import { factsOf } from './facts-columns.ts';
import { missingOf } from './missing.ts';
import type { Via } from './read-models/author.ts';
import type { CommentEntry } from './read-models/comments.ts';
import type { CodeChanges, CodeLineage, Lineage, PackageVersion, RunLineage } from './read-models/lineage.ts';
import type { TransitionEntry } from './read-models/stages.ts';
import type { Tags } from './read-models/values.ts';
import type { ArtifactSummary, VersionSummary } from './read-models/versions.ts';
import { type RecordedParts, recordedParts } from './recorded-parts.ts';
import type { Row, Sqlite, SqlValue } from './sqlite.ts';

/** Columns that `versionSummary` needs. */
export const VERSION_COLUMNS = `v.key, v.id, v.model, m.name AS model_name, v.number, v.stage, v.stage_since, v.stage_by_name, v.stage_by_email, v.stage_by_signer,
  v.artifact, v.size_bytes, v.file_count, (SELECT since FROM artifacts WHERE digest = v.artifact AND status = 'withdrawn') AS withdrawn_at, v.description, v.metrics, v.params, v.run_id, v.code_commit, v.facts, v.weights, v.created_at, v.created_by_name, v.created_by_email, v.created_by_signer, v.via,
  (SELECT json_group_array(json_array(key, value)) FROM tags WHERE subject = v.id) AS tags, (SELECT json_group_array(alias) FROM aliases WHERE version = v.id) AS aliases,
  CASE WHEN v.via = 'import' THEN (SELECT t.asked_at FROM transitions t WHERE t.version = v.id ORDER BY t.id DESC LIMIT 1) END AS stage_asked_at,
  v.seq > (SELECT coalesce(max(seq), 0) FROM commits) AS is_pending,
  EXISTS (SELECT 1 FROM transitions t WHERE t.version = v.id AND t.seq > (SELECT coalesce(max(seq), 0) FROM commits)) AS is_stage_pending`;
export const VERSION_TABLES = 'versions v JOIN models m ON m.id = v.model';

/** Leaves out what is laid over the log: it has no number yet. */
const IN_LOG = 'seq <= (SELECT coalesce(max(seq), 0) FROM commits)';

const VIAS: readonly Via[] = ['editor', 'cli', 'auto', 'import'];

export function versionSummary(row: Row): VersionSummary {
  const id = text(row, 'id');
  const facts = factsOf(row);
  const runId = maybeText(row, 'run_id');
  const commit = maybeText(row, 'code_commit');
  return {
    model: text(row, 'model_name'),
    modelId: text(row, 'model'),
    id,
    number: int(row, 'number'),
    stage: text(row, 'stage'),
    stageSince: text(row, 'stage_since'),
    stageBy: author(row, 'stage_by'),
    createdAt: text(row, 'created_at'),
    createdBy: author(row, 'created_by'),
    ...claimedTimes(row),
    via: VIAS.find((via) => via === row.via) ?? 'import',
    description: text(row, 'description'),
    tags: Object.fromEntries(v.parse(pairsSchema, JSON.parse(text(row, 'tags'))).sort(([a], [b]) => (a < b ? -1 : 1))),
    aliases: v.parse(namesSchema, JSON.parse(text(row, 'aliases'))).sort(),
    metrics: v.parse(metricsSchema, JSON.parse(text(row, 'metrics'))),
    params: v.parse(paramsSchema, JSON.parse(text(row, 'params'))),
    artifact: artifactOf(row),
    ...(runId === undefined ? {} : { runId }),
    ...(commit === undefined ? {} : { commit }),
    ...(facts ? { facts } : {}),
    pending: int(row, 'is_pending') === 1,
    ...(int(row, 'is_stage_pending') === 1 ? { stagePending: true } : {}),
  };
}

function artifactOf(row: Row): ArtifactSummary {
  const withdrawnAt = maybeText(row, 'withdrawn_at');
  return {
    digest: text(row, 'artifact'),
    sizeBytes: int(row, 'size_bytes'),
    fileCount: int(row, 'file_count'),
    ...(withdrawnAt === undefined ? {} : { withdrawnAt }),
  };
}

export function tagsOf(db: Sqlite, subject: string): Tags {
  const rows = db.all('SELECT key, value FROM tags WHERE subject = ? ORDER BY key', [subject]);
  return Object.fromEntries(rows.map((row) => [text(row, 'key'), text(row, 'value')]));
}

const pairsSchema = v.array(v.tuple([v.string(), v.string()]));
const namesSchema = v.array(v.string());
export const paramsSchema = v.record(v.string(), v.string());

/** A version that isn't deleted, by its canonical id. */
export function versionById(db: Sqlite, id: string): VersionSummary | undefined {
  return first(db, 'v.id = ? AND v.deleted_seq IS NULL', [id]);
}

export function versionByNumber(db: Sqlite, model: string, number: number): VersionSummary | undefined {
  return first(db, `v.model = ? AND v.number = ? AND v.deleted_seq IS NULL AND v.${IN_LOG}`, [model, number]);
}

/** Whether the number was ever given, to a version since deleted too. */
export function isNumberGiven(db: Sqlite, model: string, number: number): boolean {
  return db.get(`SELECT 1 FROM versions WHERE model = ? AND number = ? AND ${IN_LOG}`, [model, number]) !== undefined;
}

/** Up to `limit` versions of a model whose artifact digest starts with `prefix`, newest first. */
export function versionsByDigest(db: Sqlite, model: string, prefix: string, limit: number): readonly VersionSummary[] {
  const where = 'v.model = ? AND v.artifact >= ? AND v.artifact < ? AND v.deleted_seq IS NULL';
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE ${where} ORDER BY v.number DESC LIMIT ?`;
  return db.all(sql, [model, prefix, `${prefix}g`, limit]).map((row) => versionSummary(row));
}

/** The versions among the newest thousand of a model whose ids end with `end`. */
export function recentByIdEnd(db: Sqlite, model: string, end: string): readonly VersionSummary[] {
  const newest = 'SELECT key FROM versions WHERE model = ?1 AND deleted_seq IS NULL ORDER BY number DESC LIMIT 1000';
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE v.key IN (${newest}) AND substr(v.id, -6) = ?2`;
  return db.all(sql, [model, end]).map((row) => versionSummary(row));
}

/** How much an artifact is, as its versions say; undefined where no version has it. */
export function extentOfArtifact(
  db: Sqlite,
  digest: string,
): { readonly sizeBytes: number; readonly fileCount: number } | undefined {
  const row = db.get('SELECT size_bytes, file_count FROM versions WHERE artifact = ? LIMIT 1', [digest]);
  return row && { sizeBytes: Number(row.size_bytes), fileCount: Number(row.file_count) };
}

/** The id of the version in the log that had these bytes first. */
export function firstVersionWith(db: Sqlite, digest: string): string | undefined {
  const sql = `SELECT id FROM versions WHERE artifact = ? AND deleted_seq IS NULL AND ${IN_LOG} ORDER BY seq, position LIMIT 1`;
  const row = db.get(sql, [digest]);
  return row && text(row, 'id');
}

export function newestVersion(db: Sqlite, model: string, stage?: string): VersionSummary | undefined {
  return stage === undefined
    ? first(db, 'v.model = ? AND v.deleted_seq IS NULL ORDER BY v.number DESC', [model])
    : first(db, 'v.model = ? AND v.stage = ? AND v.deleted_seq IS NULL ORDER BY v.number DESC', [model, stage]);
}

/** The version of the same model that was registered before this one, and isn't deleted. */
export function precedingVersion(db: Sqlite, { modelId, number }: VersionSummary): VersionSummary | undefined {
  return first(db, 'v.model = ? AND v.number < ? AND v.deleted_seq IS NULL ORDER BY v.number DESC', [modelId, number]);
}

/** Newest first, before the row key `before`. */
export function versionsPage(
  db: Sqlite,
  filter: {
    readonly model?: string | undefined;
    readonly stage?: string | undefined;
    readonly before?: number | undefined;
    /** Not before this number. */
    readonly from?: number | undefined;
  },
  limit: number,
): readonly { readonly key: number; readonly version: VersionSummary }[] {
  const where = ['v.deleted_seq IS NULL'];
  const params: SqlValue[] = [];
  if (filter.model !== undefined) {
    where.push('v.model = ?');
    params.push(filter.model);
  }
  if (filter.stage !== undefined) {
    where.push('v.stage = ?');
    params.push(filter.stage);
  }
  const order = filter.model === undefined ? 'v.key' : 'v.number';
  if (filter.before !== undefined) {
    where.push(`${order} < ?`);
    params.push(filter.before);
  }
  if (filter.from !== undefined) {
    where.push('v.number >= ?');
    params.push(filter.from);
  }
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE ${where.join(' AND ')} ORDER BY ${order} DESC LIMIT ?`;
  return db.all(sql, [...params, limit]).map((row) => ({
    key: int(row, filter.model === undefined ? 'key' : 'number'),
    version: versionSummary(row),
  }));
}

export function sameArtifact(
  db: Sqlite,
  version: VersionSummary,
): readonly { readonly model: string; readonly number: number }[] {
  const sql = `SELECT m.name, v.number FROM ${VERSION_TABLES}
    WHERE v.artifact = ? AND v.id <> ? AND v.deleted_seq IS NULL ORDER BY v.key LIMIT 100`;
  return db
    .all(sql, [version.artifact.digest, version.id])
    .map((row) => ({ model: text(row, 'name'), number: int(row, 'number') }));
}

/** Versions with the same weights and other files. */
export function sameWeights(
  db: Sqlite,
  { id, facts, artifact }: VersionSummary,
): readonly { readonly model: string; readonly number: number }[] {
  if (facts?.weights === undefined) return [];
  const sql = `SELECT m.name, v.number FROM ${VERSION_TABLES}
    WHERE v.weights = ? AND v.id <> ? AND v.artifact <> ? AND v.deleted_seq IS NULL AND v.${IN_LOG} ORDER BY v.key LIMIT 100`;
  return db
    .all(sql, [facts.weights, id, artifact.digest])
    .map((row) => ({ model: text(row, 'name'), number: int(row, 'number') }));
}

/** The newest version of any model that has these files. */
export function newestWithArtifact(db: Sqlite, digest: string): VersionSummary | undefined {
  return first(db, 'v.artifact = ? AND v.deleted_seq IS NULL ORDER BY v.key DESC', [digest]);
}

export function newestWithWeights(db: Sqlite, weights: string): VersionSummary | undefined {
  return first(db, 'v.weights = ? AND v.deleted_seq IS NULL ORDER BY v.key DESC', [weights]);
}

/** Artifacts in which a file of this size has room, of the newest 2,000 versions, newest first, 500 at most. */
export function artifactsOfSize(db: Sqlite, sizeBytes: number): readonly string[] {
  const recent =
    'SELECT artifact, key FROM versions WHERE size_bytes >= ? AND deleted_seq IS NULL ORDER BY key DESC LIMIT 2000';
  const sql = `SELECT artifact, max(key) AS last FROM (${recent}) GROUP BY artifact ORDER BY last DESC LIMIT 500`;
  return db.all(sql, [sizeBytes]).map((row) => text(row, 'artifact'));
}

/** A version with these bytes whose files were read; its id. */
export function versionWithFacts(db: Sqlite, artifact: string): string | undefined {
  const row = db.get('SELECT id FROM versions WHERE artifact = ? AND facts IS NOT NULL LIMIT 1', [artifact]);
  return row && text(row, 'id');
}

/** Digests of the objects that a registration named beside its artifact. */
export function attachedObjects(
  db: Sqlite,
  version: string,
): { readonly facts: string | undefined; readonly history: string | undefined } {
  const row = db.get('SELECT facts_object, history FROM versions WHERE id = ?', [version]) ?? {};
  return { facts: maybeText(row, 'facts_object'), history: maybeText(row, 'history') };
}

export function remarksOf(db: Sqlite, subject: string, kind: 'note' | 'comment'): readonly CommentEntry[] {
  const sql =
    'SELECT intent, text, at, by_name, by_email, by_signer FROM remarks WHERE subject = ? AND kind = ? ORDER BY id';
  return db.all(sql, [subject, kind]).map((row) => ({
    id: text(row, 'intent'),
    text: text(row, 'text'),
    by: author(row, 'by'),
    at: text(row, 'at'),
  }));
}

const relatedSchema = v.array(v.string());
const KINDS: readonly TransitionEntry['kind'][] = ['promote', 'rollback', 'demote', 'archive', 'displaced'];

/** A column that the schema says is a kind of transition. */
export function transitionKind(value: unknown): TransitionEntry['kind'] {
  return KINDS.find((kind) => kind === value) ?? 'promote';
}

export function transitionsOf(db: Sqlite, version: string): readonly TransitionEntry[] {
  const sql = `SELECT *, NOT ${IN_LOG} AS is_pending FROM transitions WHERE version = ? ORDER BY id`;
  return db.all(sql, [version]).map((row) => {
    const related = v.parse(relatedSchema, JSON.parse(text(row, 'related')));
    return {
      from: text(row, 'from_stage'),
      to: text(row, 'to_stage'),
      kind: transitionKind(row.kind),
      by: author(row, 'by'),
      at: text(row, 'at'),
      askedAt: text(row, 'asked_at'),
      reason: text(row, 'reason'),
      isOverride: int(row, 'is_override') === 1,
      ...overriddenIn(row),
      displaced: related.map((id) => int(db.get('SELECT number FROM versions WHERE id = ?', [id]) ?? {}, 'number')),
      seq: int(row, 'seq'),
      ...(int(row, 'is_pending') === 1 ? { pending: true } : {}),
    };
  });
}

function overriddenIn(row: Row): { readonly overridden?: readonly string[] } {
  const json = maybeText(row, 'overridden');
  return json === undefined ? {} : { overridden: v.parse(namesSchema, JSON.parse(json)) };
}

/** Where in the log a version was registered. */
export function registeredAt(
  db: Sqlite,
  version: string,
): { readonly seq: number; readonly position: number } | undefined {
  const row = db.get('SELECT seq, position FROM versions WHERE id = ?', [version]);
  return row && { seq: int(row, 'seq'), position: int(row, 'position') };
}

const lineageSchema = v.object({
  run: v.optional(
    v.object({
      id: v.exactOptional(v.string()),
      name: v.exactOptional(v.string()),
      tracker: v.exactOptional(v.string()),
      url: v.exactOptional(v.string()),
      command: v.exactOptional(v.string()),
      startedAt: v.exactOptional(v.string()),
      endedAt: v.exactOptional(v.string()),
      exitCode: v.exactOptional(v.number()),
      folder: v.optional(v.string()),
      seenAs: v.optional(v.picklist(['run', 'terminal', 'task', 'debug', 'notebook'])),
      othersCount: v.optional(v.number()),
      notebook: v.optional(
        v.object({
          path: v.string(),
          sha256: v.exactOptional(v.string()),
          cells: v.string(),
          cellCount: v.number(),
        }),
      ),
    }),
  ),
  code: v.optional(
    v.object({
      commit: v.string(),
      branch: v.exactOptional(v.string()),
      isDirty: v.boolean(),
      remote: v.exactOptional(v.string()),
      capturedAt: v.picklist(['start', 'end', 'detection']),
      folder: v.optional(v.string()),
      tags: v.optional(v.array(v.string())),
      repository: v.optional(v.string()),
      submodules: v.optional(
        v.array(v.object({ path: v.string(), commit: v.string(), isDirty: v.exactOptional(v.literal(true)) })),
      ),
      isPushed: v.optional(v.boolean()),
      changes: v.optional(
        v.object({
          patch: v.optional(v.string()),
          fileCount: v.number(),
          leftOut: v.array(v.object({ path: v.string(), why: v.picklist(['secret', 'size']) })),
          leftOutCount: v.number(),
          untrackedCount: v.number(),
        }),
      ),
    }),
  ),
  base: v.optional(v.object({ name: v.string(), version: v.exactOptional(v.string()) })),
});

type RecordedRun = NonNullable<v.InferOutput<typeof lineageSchema>['run']>;
type RecordedCode = NonNullable<v.InferOutput<typeof lineageSchema>['code']>;

/** What wasn't well formed when it was recorded stands there as undefined. */
function codeOf({ folder, tags, repository, submodules, isPushed, changes, ...code }: RecordedCode): CodeLineage {
  return {
    ...code,
    ...(folder === undefined ? {} : { folder }),
    ...(tags === undefined ? {} : { tags }),
    ...(repository === undefined ? {} : { repository }),
    ...(submodules === undefined ? {} : { submodules }),
    ...(isPushed === undefined ? {} : { isPushed }),
    ...(changes ? { changes: changesOf(changes) } : {}),
  };
}

function runOf({ folder, seenAs, othersCount, notebook, ...run }: RecordedRun): RunLineage {
  return {
    ...run,
    ...(folder === undefined ? {} : { folder }),
    ...(seenAs === undefined ? {} : { seenAs }),
    ...(othersCount === undefined ? {} : { othersCount }),
    ...(notebook === undefined ? {} : { notebook }),
  };
}

function changesOf({ patch, ...counts }: NonNullable<RecordedCode['changes']>): CodeChanges {
  return patch === undefined ? counts : { patch, ...counts };
}

/** The lineage of a version, of which `registered` is the event that registered it: bodies of events stay in the log. */
export function lineageOf(db: Sqlite, version: string, registered: EventOf<'version.registered'> | undefined): Lineage {
  const { run, code, base } = v.parse(lineageSchema, registered ?? {});
  const { data, dependencies, machine, missing: noted } = recordedParts(registered);
  const row = db.get('SELECT environment FROM versions WHERE id = ?', [version]);
  const digest = row && maybeText(row, 'environment');
  const python =
    digest === undefined ? undefined : db.get('SELECT python FROM environments WHERE digest = ?', [digest]);
  const pythonVersion = python && maybeText(python, 'python');
  // As its files say, where nobody said more.
  const named = registered?.facts?.baseModels?.[0]?.name;
  const baseVersion = base?.version === undefined ? undefined : versionById(db, base.version);
  const foundBy = dependencies?.foundBy === undefined ? {} : { foundBy: dependencies.foundBy };
  const lineage = {
    data,
    evaluations: evaluationsOf(db, version),
    dependencies: digest === undefined ? [] : packagesOf(db, digest, dependencies?.sources ?? []),
    locks: dependencies?.locks ?? [],
    ...(machine ? { machine } : {}),
    ...(code ? { code: codeOf(code) } : {}),
    ...(run ? { run: runOf(run) } : {}),
    ...(digest === undefined
      ? {}
      : { environment: { digest, ...(pythonVersion === undefined ? {} : { python: pythonVersion }), ...foundBy } }),
    ...(base
      ? {
          baseModel: {
            name: baseVersion ? `${baseVersion.model}@${baseVersion.number}` : base.name,
            ...(baseVersion ? { versionId: baseVersion.id, number: baseVersion.number } : {}),
          },
        }
      : named === undefined
        ? {}
        : { baseModel: { name: named } }),
  };
  return { ...lineage, missing: missingOf(lineage, noted) };
}

function packagesOf(
  db: Sqlite,
  digest: string,
  sources: NonNullable<RecordedParts['dependencies']>['sources'] = [],
): readonly PackageVersion[] {
  const rows = db.all('SELECT name, version FROM packages WHERE environment = ? ORDER BY name, version', [digest]);
  const conda = db.all('SELECT name FROM conda_packages WHERE environment = ?', [digest]);
  const isConda = new Set(conda.map((row) => text(row, 'name')));
  const sourceOf = new Map(sources.map(({ name, ...source }) => [name, source]));
  return rows.map((row) => {
    const name = text(row, 'name');
    const source = sourceOf.get(name);
    return {
      name,
      version: text(row, 'version'),
      ...(source ? { source } : {}),
      ...(isConda.has(name) ? { isConda: true as const } : {}),
    };
  });
}

function first(db: Sqlite, where: string, params: readonly SqlValue[]): VersionSummary | undefined {
  const row = db.get(`SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE ${where} LIMIT 1`, params);
  return row && versionSummary(row);
}

/** So many tenures are looked through for the versions that held a stage. */
const RECENT_TENURES = 500;

/** Versions that held a stage, the one that came to it last first. */
export function heldBefore(db: Sqlite, model: string, stage: string, limit: number): readonly VersionSummary[] {
  // Their ids first: everything about them would else be put together for all of them before they are sorted.
  const sql = `SELECT v.id FROM (SELECT version, max(id) AS last FROM
      (SELECT version, id FROM tenures WHERE model = ? AND stage = ? ORDER BY from_seq DESC LIMIT ${RECENT_TENURES}) GROUP BY version) t
    JOIN versions v ON v.id = t.version WHERE v.deleted_seq IS NULL ORDER BY t.last DESC LIMIT ?`;
  return db.all(sql, [model, stage, limit]).flatMap((row) => versionById(db, text(row, 'id')) ?? []);
}

/** When versions of a model were in a stage last, by their ids; of those that were there recently. */
export function lastTenures(
  db: Sqlite,
  model: string,
  stage: string,
): Readonly<Record<string, { readonly from: string; readonly to?: string }>> {
  const sql = `SELECT t.version, t.since, c.at FROM tenures t LEFT JOIN commits c ON c.seq = t.to_seq
    WHERE t.model = ? AND t.stage = ? ORDER BY t.from_seq DESC LIMIT ${RECENT_TENURES}`;
  const spans = new Map<string, { readonly from: string; readonly to?: string }>();
  for (const row of db.all(sql, [model, stage])) {
    const version = text(row, 'version');
    const to = row.at === null || row.at === undefined ? {} : { to: text(row, 'at') };
    if (!spans.has(version)) spans.set(version, { from: text(row, 'since'), ...to });
  }
  return Object.fromEntries(spans);
}
