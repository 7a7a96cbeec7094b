import * as v from 'valibot';
import { int, text } from './columns.ts';
import { metricsSchema } from './evaluation-queries.ts';
import type { Metrics } from './read-models/values.ts';
import type { Sqlite } from './sqlite.ts';

export interface MeasuredNumber {
  readonly number: number;
  readonly metrics: Metrics;
}

/** The metrics of the versions of a model around a number, so many before and after it at most, and itself; oldest first. */
export function metricsAround(
  db: Sqlite,
  model: string,
  number: number,
  { before, after }: { readonly before: number; readonly after: number },
): readonly MeasuredNumber[] {
  const columns = 'SELECT number, metrics FROM versions WHERE model = ? AND deleted_seq IS NULL';
  const earlier = db.all(`${columns} AND number <= ? ORDER BY number DESC LIMIT ?`, [model, number, before + 1]);
  const later = db.all(`${columns} AND number > ? ORDER BY number LIMIT ?`, [model, number, after]);
  return [...earlier.toReversed(), ...later].map((row) => ({
    number: int(row, 'number'),
    metrics: v.parse(metricsSchema, JSON.parse(text(row, 'metrics'))),
  }));
}
