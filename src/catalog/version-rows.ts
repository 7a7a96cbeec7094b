import * as v from 'valibot';
import { claimedTimes } from './claimed-times.ts';
import { author, int, maybeText, text } from './columns.ts';
import { metricsSchema } from './evaluation-queries.ts';
import { factsOf } from './facts-columns.ts';
import type { Via } from './read-models/author.ts';
import type { ArtifactSummary, VersionSummary } from './read-models/versions.ts';
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
export const IN_LOG = 'seq <= (SELECT coalesce(max(seq), 0) FROM commits)';

const VIAS: readonly Via[] = ['editor', 'cli', 'auto', 'import'];

const pairsSchema = v.array(v.tuple([v.string(), v.string()]));
export const namesSchema = v.array(v.string());
export const paramsSchema = v.record(v.string(), v.string());

/** What a row with `VERSION_COLUMNS` says. */
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

/** The first version that a condition on `VERSION_TABLES` holds for. */
export function firstVersion(db: Sqlite, where: string, params: readonly SqlValue[]): VersionSummary | undefined {
  const row = db.get(`SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE ${where} LIMIT 1`, params);
  return row && versionSummary(row);
}
