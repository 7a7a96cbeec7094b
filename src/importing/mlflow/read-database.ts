import type { RunFiles } from '../../runs/run-files.ts';
import { openRunDatabase, type RunDatabase, type SqlRow } from '../../runs/sqlite/run-database.ts';
import { isUsableName } from '../../runs/values.ts';
import { loggedBefore } from './logged-before.ts';
import {
  LOG_MODEL_HISTORY,
  type LoggedModel,
  loggedModel,
  MAX_LOGGED,
  MAX_MODELS,
  MAX_VERSIONS,
  type MlflowStore,
  READY,
  type RegisteredModel,
  type RegisteredVersion,
  registeredVersion,
} from './store.ts';

const MAX_TAGS = 100_000;

/** A store in a database: the tables of MLflow's SQLAlchemy stores, of MLflow 1 to 3. Throws `RunFileInvalid`. */
export async function readMlflowDatabase(place: string, files: RunFiles): Promise<MlflowStore> {
  const db = await openRunDatabase(place, files);
  try {
    const problems: string[] = [];
    const logged = [...loggedModels(db), ...loggedByRuns(db)];
    const registered = registeredModels(db);
    const count = registered.reduce((sum, { versions }) => sum + versions.length, 0);
    if (count >= MAX_VERSIONS) problems.push(`${place} has more than ${MAX_VERSIONS} versions: the rest was left out`);
    if (logged.length > MAX_LOGGED)
      problems.push(`${place} has more than ${MAX_LOGGED} logged models: the rest was left out`);
    const wanted = new Set([...registered.flatMap(({ versions }) => versions), ...logged].map(({ runId }) => runId));
    const artifacts = new Map<string, string>();
    for (const id of db.has('runs') ? wanted : []) {
      if (id === undefined) continue;
      const uri = text(db.rows('SELECT artifact_uri FROM runs WHERE run_uuid = ?', [id])[0]?.artifact_uri);
      if (uri !== undefined) artifacts.set(id, uri);
    }
    return {
      registered,
      logged: logged.slice(0, MAX_LOGGED),
      problems,
      artifactsOf: async (runId) => artifacts.get(runId),
    };
  } finally {
    db.close();
  }
}

function registeredModels(db: RunDatabase): readonly RegisteredModel[] {
  if (!db.has('registered_models') || !db.has('model_versions')) return [];
  const tags = tagsBy(db, 'registered_model_tags', ({ name }) => String(name));
  const versionTags = tagsBy(db, 'model_version_tags', ({ name, version }) => `${version} ${name}`);
  const aliases = new Map<string, string[]>();
  if (db.has('registered_model_aliases')) {
    db.each('SELECT alias, version, name FROM registered_model_aliases LIMIT ?', [MAX_TAGS], (row) => {
      const key = `${row.version} ${row.name}`;
      const known = aliases.get(key);
      if (known) known.push(String(row.alias));
      else aliases.set(key, [String(row.alias)]);
    });
  }
  const versions = new Map<string, RegisteredVersion[]>();
  db.each('SELECT * FROM model_versions ORDER BY name, version LIMIT ?', [MAX_VERSIONS], (row) => {
    const name = text(row.name);
    const key = `${row.version} ${name}`;
    const version = versionOf(row, versionTags.get(key), aliases.get(key));
    if (name === undefined || !version) return;
    const known = versions.get(name);
    if (known) known.push(version);
    else versions.set(name, [version]);
  });
  const models: RegisteredModel[] = [];
  db.each('SELECT name, description FROM registered_models ORDER BY name LIMIT ?', [MAX_MODELS], (row) => {
    const name = text(row.name);
    const description = text(row.description);
    if (name === undefined) return;
    models.push({
      name,
      ...(description === undefined ? {} : { description }),
      tags: Object.fromEntries(tags.get(name) ?? []),
      versions: versions.get(name) ?? [],
    });
  });
  return models;
}

function versionOf(
  row: SqlRow,
  tags: ReadonlyMap<string, string> = new Map(),
  aliases: readonly string[] = [],
): RegisteredVersion | undefined {
  const [description, user, status, runId] = [row.description, row.user_id, row.status, row.run_id].map(text);
  return registeredVersion(
    Number(row.version),
    {
      ...{ description, user, status, runId },
      stage: text(row.current_stage),
      createdMs: Number(row.creation_time),
      modelId: /^models:\/(m-[0-9a-f]{32})$/.exec(text(row.source) ?? '')?.[1],
    },
    {
      locations: [text(row.storage_location), text(row.source)].filter((uri) => uri !== undefined),
      tags: Object.fromEntries(tags),
      aliases,
    },
  );
}

function tagsBy(
  db: RunDatabase,
  table: 'registered_model_tags' | 'model_version_tags',
  keyOf: (row: SqlRow) => string,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const tags = new Map<string, Map<string, string>>();
  if (!db.has(table)) return tags;
  db.each(`SELECT * FROM ${table} LIMIT ?`, [MAX_TAGS], (row) => {
    const [key, name] = [keyOf(row), String(row.key)];
    if (!isUsableName(name)) return;
    const known = tags.get(key) ?? new Map<string, string>();
    tags.set(key, known.set(name, String(row.value ?? '')));
  });
  return tags;
}

function loggedModels(db: RunDatabase): readonly LoggedModel[] {
  if (!db.has('logged_models')) return [];
  const experiments = experimentNames(db);
  const models: LoggedModel[] = [];
  const sql = 'SELECT * FROM logged_models ORDER BY creation_timestamp_ms LIMIT ?';
  db.each(sql, [MAX_LOGGED + 1], (row) => {
    const [id, name, location, runId] = [row.model_id, row.name, row.artifact_location, row.source_run_id].map(text);
    if (id === undefined || row.lifecycle_stage === 'deleted' || Number(row.status) !== READY) return;
    const said = { name, runId, createdMs: Number(row.creation_timestamp_ms) };
    const experiment = experiments.get(String(row.experiment_id));
    models.push(loggedModel(id, { ...said, experiment }, location === undefined ? [] : [location]));
  });
  return models;
}

function loggedByRuns(db: RunDatabase): readonly LoggedModel[] {
  if (!db.has('tags') || !db.has('runs')) return [];
  const experiments = experimentNames(db);
  const models: LoggedModel[] = [];
  const sql = `SELECT r.run_uuid, r.experiment_id, r.lifecycle_stage, t.value FROM tags t JOIN runs r ON r.run_uuid = t.run_uuid
    WHERE t.key = ? ORDER BY r.start_time LIMIT ?`;
  db.each(sql, [LOG_MODEL_HISTORY, MAX_LOGGED], (row) => {
    const id = text(row.run_uuid);
    if (id === undefined || row.lifecycle_stage === 'deleted') return;
    const experiment = experiments.get(String(row.experiment_id));
    models.push(...loggedBefore(String(row.value), { id, ...(experiment === undefined ? {} : { experiment }) }));
  });
  return models;
}

function experimentNames(db: RunDatabase): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  if (db.has('experiments'))
    db.each('SELECT experiment_id, name FROM experiments LIMIT 10000', [], (row) =>
      names.set(String(row.experiment_id), String(row.name)),
    );
  return names;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
