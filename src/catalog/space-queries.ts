import { ARCHIVED, FIRST_STAGE } from '../rules/policy.ts';
import { int, maybeText, text } from './columns.ts';
import type { Sqlite } from './sqlite.ts';

/** Why the log names an object by itself: a gate's evidence, all facts of a version, the course of its metrics. */
export type NamedFor = 'evidence' | 'facts' | 'history' | 'patch' | 'predictions';

/** A version that isn't deleted, with what decides whether its bytes stay. */
export interface StoredVersion {
  readonly id: string;
  readonly label: string;
  readonly artifact: string;
  readonly sizeBytes: number;
  readonly isServing: boolean;
  readonly hasAlias: boolean;
  readonly isNewestOfModel: boolean;
  /** The base model, by its canonical id. */
  readonly base?: string;
}

/** Newest first. */
export function storedVersions(db: Sqlite): readonly StoredVersion[] {
  const sql = `SELECT v.id, m.name, v.number, v.artifact, v.size_bytes, v.stage NOT IN (?, ?) AS is_serving,
      EXISTS (SELECT 1 FROM aliases a WHERE a.version = v.id) AS has_alias,
      v.number = (SELECT w.number FROM versions w WHERE w.model = v.model AND w.deleted_seq IS NULL ORDER BY w.number DESC LIMIT 1) AS is_newest,
      coalesce((SELECT version FROM version_ids WHERE id = v.base), v.base) AS base
    FROM versions v JOIN models m ON m.id = v.model WHERE v.deleted_seq IS NULL ORDER BY v.key DESC`;
  return db.all(sql, [FIRST_STAGE, ARCHIVED]).map((row) => {
    const base = maybeText(row, 'base');
    return {
      id: text(row, 'id'),
      label: `${text(row, 'name')}@${int(row, 'number')}`,
      artifact: text(row, 'artifact'),
      sizeBytes: int(row, 'size_bytes'),
      isServing: int(row, 'is_serving') === 1,
      hasAlias: int(row, 'has_alias') === 1,
      isNewestOfModel: int(row, 'is_newest') === 1,
      ...(base === undefined ? {} : { base }),
    };
  });
}

/** For each version that left a stage that serves, when it did so last (ISO 8601). */
export function lastServing(db: Sqlite): ReadonlyMap<string, string> {
  const sql = `SELECT t.version, max(c.at) AS at FROM tenures t JOIN commits c ON c.seq = t.to_seq
    WHERE t.stage NOT IN (?, ?) GROUP BY t.version`;
  return new Map(db.all(sql, [FIRST_STAGE, ARCHIVED]).map((row) => [text(row, 'version'), text(row, 'at')]));
}

/** The two versions on top of each stage's stack: what serves, and what a rollback would bring back. */
export function rollbackTargets(db: Sqlite): ReadonlySet<string> {
  const sql = `SELECT version FROM holder_stacks h
    WHERE (SELECT count(*) FROM holder_stacks o WHERE o.model = h.model AND o.stage = h.stage AND o.depth > h.depth) < 2`;
  return new Set(db.all(sql).map((row) => text(row, 'version')));
}

/** Digests of the artifacts whose bytes the log says are there. */
export function publishedArtifacts(db: Sqlite): ReadonlySet<string> {
  return new Set(db.all("SELECT digest FROM artifacts WHERE status = 'published'").map((row) => text(row, 'digest')));
}

/** Digests of objects that the log names by themselves: evidence of gates, and what belongs to versions that aren't deleted. */
export function namedObjects(db: Sqlite): ReadonlyMap<string, NamedFor> {
  const sql = `SELECT facts_object AS object, 'facts' AS why FROM versions WHERE facts_object IS NOT NULL AND deleted_seq IS NULL
    UNION SELECT history, 'history' FROM versions WHERE history <> '' AND deleted_seq IS NULL
    UNION SELECT patch, 'patch' FROM versions WHERE patch IS NOT NULL AND deleted_seq IS NULL
    UNION SELECT d.predictions, 'predictions' FROM evaluation_details d JOIN evaluations e ON e.id = d.id JOIN versions v ON v.id = e.version
      WHERE d.predictions IS NOT NULL AND v.deleted_seq IS NULL
    UNION SELECT evidence, 'evidence' FROM gate_results WHERE evidence IS NOT NULL`;
  return new Map(db.all(sql).map((row) => [text(row, 'object'), WHY.find((why) => why === row.why) ?? 'evidence']));
}

const WHY: readonly NamedFor[] = ['evidence', 'facts', 'history', 'patch', 'predictions'];

/** `model@number` of the versions that an object belongs to. */
export function labelsOfAttached(db: Sqlite, digest: string, limit: number): readonly string[] {
  const sql = `SELECT m.name, v.number FROM versions v JOIN models m ON m.id = v.model
    WHERE (v.facts_object = ?1 OR v.history = ?1 OR v.patch = ?1
      OR v.id IN (SELECT e.version FROM evaluation_details d JOIN evaluations e ON e.id = d.id WHERE d.predictions = ?1)) AND v.deleted_seq IS NULL ORDER BY v.key LIMIT ?2`;
  return db.all(sql, [digest, limit]).map((row) => `${text(row, 'name')}@${int(row, 'number')}`);
}
