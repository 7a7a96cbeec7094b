/** What a model predicts: one of two classes, one of several, or a number. */
export type Task = 'binary' | 'multiclass' | 'regression';

/** The values of a column that tells groups apart, `country`. */
export interface GroupColumn {
  readonly name: string;
  readonly values: readonly string[];
  /** A place in `values` for each row. */
  readonly codes: Uint8Array;
}

/** What a model predicted and what was true, a row for each example. */
export interface Predictions {
  readonly task: Task;
  readonly rows: number;
  /** Of a classification, in order; of a binary one the negative class, then the positive. */
  readonly classes: readonly string[];
  /** What was true: a place in `classes`, or a number. */
  readonly labels: Float64Array;
  /** What was predicted, likewise. Binary scores without a threshold predict no class. */
  readonly predicted?: Float64Array | undefined;
  /** How sure the model was of the positive class. */
  readonly scores?: Float64Array | undefined;
  /** Names of examples, hashed. */
  readonly ids?: BigUint64Array | undefined;
  readonly groups: readonly GroupColumn[];
}

/** So many examples are read. */
export const MAX_ROWS = 1_000_000;
export const MAX_CLASSES = 1000;
export const MAX_GROUP_COLUMNS = 8;
/** In one column. */
export const MAX_GROUPS = 100;

/** Those rows alone, in the order given. */
export function rowsOf(predictions: Predictions, rows: Uint32Array): Predictions {
  const { labels, predicted, scores, ids, groups } = predictions;
  const take = (values: Float64Array) => Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  return {
    ...predictions,
    rows: rows.length,
    labels: take(labels),
    predicted: predicted && take(predicted),
    scores: scores && take(scores),
    ids: ids && BigUint64Array.from(rows, (row) => ids[row] ?? 0n),
    groups: groups.map(({ codes, ...column }) => ({
      ...column,
      codes: Uint8Array.from(rows, (row) => codes[row] ?? 0),
    })),
  };
}

export interface Group {
  /** `country=DE` */
  readonly slice: string;
  readonly rows: Uint32Array;
}

/** The rows of each group of a column, without groups that have none; undefined where there is no such column. */
export function groupsOf(predictions: Predictions, name: string): readonly Group[] | undefined {
  const column = predictions.groups.find((one) => one.name === name);
  if (!column) return undefined;
  const rows = column.values.map((): number[] => []);
  for (const [row, code] of column.codes.entries()) rows[code]?.push(row);
  return column.values
    .map((value, code) => ({ slice: `${name}=${value}`, rows: Uint32Array.from(rows[code] ?? []) }))
    .filter((group) => group.rows.length > 0);
}
