import { metricValueOf } from '../../base/metric-value.ts';
import { mayBelong } from '../belonging.ts';
import { parentOf, pathBelow } from '../paths.ts';
import type { RunFiles } from '../run-files.ts';
import type { ReadContext, RunReader } from '../run-reader.ts';
import type { RunRecord, RunStatus } from '../run-record.ts';
import { openRunDatabase, type RunDatabase, type SqlRow } from '../sqlite/run-database.ts';
import { artifactPlace } from './artifact-path.ts';
import { MlflowRunBuilder } from './mlflow-run.ts';

/** What MLflow's databases are called. */
export const MLFLOW_DATABASE = /^(?:[\w.-]*(?:mlflow|mlruns)[\w.-]*|tracking|backend)\.(?:db|sqlite|sqlite3)$/i;
const MAX_RUNS = 100;
const MAX_POINTS = 1_000_000;
const MAX_ROWS = 10_000;
/** What MLflow writes for infinite values, which not every database knows. */
const LARGEST = Number.MAX_VALUE;

/** MLflow's runs in a SQLite database, `mlflow.db` unless told otherwise. */
export const mlflowDatabaseReader: RunReader = {
  tracker: 'mlflow',
  label: 'MLflow',
  recognise(folder, entries) {
    const found = entries.filter(({ name, isFolder }) => !isFolder && MLFLOW_DATABASE.test(name));
    return found.map(({ name }) => pathBelow(folder, name));
  },
  async read(place, context) {
    const db = await openRunDatabase(place, context.files);
    try {
      if (!db.has('runs')) return [];
      const records: RunRecord[] = [];
      for (const run of candidates(place, db, context)) records.push(await readRun(run, place, db, context.files));
      return records;
    } finally {
      db.close();
    }
  },
};

/** Certain runs of a database, whatever they wrote. Throws `RunFileInvalid`. */
export async function mlflowRunsInDatabase(
  place: string,
  ids: readonly string[],
  files: RunFiles,
): Promise<readonly RunRecord[]> {
  const db = await openRunDatabase(place, files);
  try {
    const records: RunRecord[] = [];
    for (const id of db.has('runs') ? ids : []) {
      const [row] = db.rows('SELECT * FROM runs WHERE run_uuid = ?', [id]);
      if (row) records.push(await readRun(row, place, db, files));
    }
    return records;
  } finally {
    db.close();
  }
}

function candidates(place: string, db: RunDatabase, context: ReadContext): readonly SqlRow[] {
  const found: SqlRow[] = [];
  const sql = 'SELECT * FROM runs ORDER BY start_time DESC LIMIT ?';
  db.each(sql, [MAX_ROWS], (row) => {
    if (found.length >= MAX_RUNS || row.lifecycle_stage === 'deleted' || typeof row.run_uuid !== 'string') return;
    const endMs = timeIn(row.end_time);
    const startMs = timeIn(row.start_time) ?? 0;
    if (mayBelong({ place, id: row.run_uuid, startMs, ...(endMs ? { endMs } : {}) }, context.outputs)) found.push(row);
  });
  return found;
}

async function readRun(row: SqlRow, place: string, db: RunDatabase, files: RunFiles): Promise<RunRecord> {
  const id = String(row.run_uuid);
  const experiment = db.has('experiments')
    ? db.rows('SELECT name FROM experiments WHERE experiment_id = ?', [Number(row.experiment_id)])[0]?.name
    : undefined;
  const startMs = timeIn(row.start_time);
  const endMs = timeIn(row.end_time);
  const builder = new MlflowRunBuilder({
    id,
    ...(typeof row.name === 'string' && row.name !== '' ? { name: row.name } : {}),
    ...(typeof experiment === 'string' ? { experiment } : {}),
    status: statusOf(row.status),
    ...(startMs ? { startMs } : {}),
    ...(endMs ? { endMs } : {}),
  });
  builder.source(place);
  readValues(id, db, builder);
  readDatasets(id, db, builder);
  for (const uri of artifactUris(id, row, db)) {
    const found = await artifactPlace(uri, parentOf(place), files);
    if (found !== undefined) builder.modelPath(found);
  }
  return builder.record(place);
}

function readValues(id: string, db: RunDatabase, builder: MlflowRunBuilder): void {
  if (db.has('metrics')) {
    const sql =
      'SELECT key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ? ORDER BY step, timestamp, value LIMIT ?';
    db.each(sql, [id, MAX_POINTS], ({ key, value, timestamp, step, is_nan }) => {
      const metric = is_nan === 1 ? 'NaN' : metricValueOf(infinite(value));
      if (metric !== undefined)
        builder.point(String(key), { step: Number(step), value: metric, atMs: Number(timestamp) });
    });
  }
  if (db.has('params')) {
    const sql = 'SELECT key, value FROM params WHERE run_uuid = ? LIMIT ?';
    db.each(sql, [id, MAX_ROWS], ({ key, value }) => builder.values.param(String(key), value));
  }
  if (db.has('tags')) {
    const sql = 'SELECT key, value FROM tags WHERE run_uuid = ? LIMIT ?';
    db.each(sql, [id, MAX_ROWS], ({ key, value }) => builder.tag(String(key), String(value ?? '')));
  }
}

function readDatasets(id: string, db: RunDatabase, builder: MlflowRunBuilder): void {
  if (!['inputs', 'datasets', 'input_tags'].every((table) => db.has(table))) return;
  const sql = `SELECT d.name, d.digest, t.value AS context FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
    LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'
    WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = ? LIMIT 100`;
  db.each(sql, [id], ({ name, digest, context }) =>
    builder.dataset({
      name: String(name),
      ...(typeof digest === 'string' ? { digest } : {}),
      ...(typeof context === 'string' ? { context } : {}),
    }),
  );
}

/** Of the run's artifacts, and of the models that MLflow 3 keeps apart. */
function artifactUris(id: string, row: SqlRow, db: RunDatabase): readonly string[] {
  const models = db.has('logged_models')
    ? db.rows('SELECT artifact_location AS uri FROM logged_models WHERE source_run_id = ? LIMIT 100', [id])
    : [];
  return [row.artifact_uri, ...models.map(({ uri }) => uri)].filter((uri) => typeof uri === 'string');
}

function timeIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function infinite(value: unknown): unknown {
  if (value === LARGEST) return Number.POSITIVE_INFINITY;
  return value === -LARGEST ? Number.NEGATIVE_INFINITY : value;
}

function statusOf(status: unknown): RunStatus {
  if (status === 'FINISHED') return 'finished';
  if (status === 'FAILED' || status === 'KILLED') return 'failed';
  return status === 'RUNNING' || status === 'SCHEDULED' ? 'running' : 'unknown';
}
