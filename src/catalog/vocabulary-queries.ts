import * as v from 'valibot';
import { byName } from '../base/by-name.ts';
import { maybeText, text } from './columns.ts';
import type { Vocabulary } from './read-models/models.ts';
import type { Sqlite } from './sqlite.ts';

/** Versions that are looked at for their names: the newest say what is measured today. */
const LOOKED_AT = 200;
const MAX_EVALUATIONS = 2000;
const MAX_NAMES = 500;

const valuesSchema = v.record(v.string(), v.unknown());

/** The names that the newest versions of a model have: of metrics, of datasets and slices that they were evaluated on. */
export function vocabularyOf(db: Sqlite, model: string): Vocabulary {
  const [metrics, datasets, slices] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const note = (names: Set<string>, name: string | undefined) => {
    if (name !== undefined && names.size < MAX_NAMES) names.add(name);
  };
  const newest = 'SELECT id FROM versions WHERE model = ? AND deleted_seq IS NULL ORDER BY number DESC LIMIT ?';
  const rows = db.all(
    'SELECT id, metrics FROM versions WHERE model = ? AND deleted_seq IS NULL ORDER BY number DESC LIMIT ?',
    [model, LOOKED_AT + 1],
  );
  for (const row of rows.slice(0, LOOKED_AT))
    for (const name of Object.keys(v.parse(valuesSchema, JSON.parse(text(row, 'metrics'))))) note(metrics, name);
  const evaluations = db.all(
    `SELECT dataset, slice, metrics FROM evaluations WHERE version IN (${newest}) ORDER BY id DESC LIMIT ?`,
    [model, LOOKED_AT, MAX_EVALUATIONS],
  );
  for (const row of evaluations) {
    note(datasets, maybeText(row, 'dataset'));
    note(slices, maybeText(row, 'slice'));
    for (const name of Object.keys(v.parse(valuesSchema, JSON.parse(text(row, 'metrics'))))) note(metrics, name);
  }
  return {
    metrics: [...metrics].sort(byName),
    datasets: [...datasets].sort(byName),
    slices: [...slices].sort(byName),
    versions: Math.min(rows.length, LOOKED_AT),
    isAll: rows.length <= LOOKED_AT && evaluations.length < MAX_EVALUATIONS,
  };
}
