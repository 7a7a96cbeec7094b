import * as v from 'valibot';
import { author, int, maybeText, text } from './columns.ts';
import type { EvaluationEntry } from './read-models/evaluations.ts';
import type { Sqlite } from './sqlite.ts';

const specialSchema = v.picklist(['NaN', 'Infinity', '-Infinity']);
/** Metrics as the catalog keeps them. */
export const metricsSchema = v.record(v.string(), v.union([v.number(), specialSchema]));
const intervalsSchema = v.record(v.string(), v.object({ low: v.number(), high: v.number() }));

/** What was measured of a version after it was registered, in the order of the log. */
export function evaluationsOf(db: Sqlite, version: string): readonly EvaluationEntry[] {
  const sql =
    'SELECT e.*, d.dataset_sha256, d.intervals, d.predictions, d.rows FROM evaluations e LEFT JOIN evaluation_details d ON d.id = e.id WHERE e.version = ? ORDER BY e.id';
  return db.all(sql, [version]).map((row) => {
    const sha256 = maybeText(row, 'dataset_sha256');
    const intervals = maybeText(row, 'intervals');
    const dataset = maybeText(row, 'dataset');
    const slice = maybeText(row, 'slice');
    const predictions = maybeText(row, 'predictions');
    return {
      at: text(row, 'at'),
      by: author(row, 'by'),
      metrics: v.parse(metricsSchema, JSON.parse(text(row, 'metrics'))),
      ...(dataset === undefined ? {} : { dataset }),
      ...(sha256 === undefined ? {} : { datasetSha256: sha256 }),
      ...(slice === undefined ? {} : { slice }),
      ...(intervals === undefined ? {} : { intervals: v.parse(intervalsSchema, JSON.parse(intervals)) }),
      ...(predictions === undefined ? {} : { predictions: { object: predictions, rows: int(row, 'rows') } }),
    };
  });
}

/** Whether a digest is that of predictions that an evaluation has. */
export function arePredictions(db: Sqlite, digest: string): boolean {
  return db.get('SELECT 1 FROM evaluation_details WHERE predictions = ? LIMIT 1', [digest]) !== undefined;
}
