import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import {
  type GroupColumn,
  MAX_CLASSES,
  MAX_GROUP_COLUMNS,
  MAX_GROUPS,
  MAX_ROWS,
  type Predictions,
} from './predictions.ts';

const FORMAT = 'model-registry predictions 1';
/** Classes and groups have texts of at most so many characters. */
export const MAX_TEXT = 256;
const MAX_HEADER_BYTES = 4 * 1024 * 1024;
const MAX_ROW_BYTES = 8 * 4 + MAX_GROUP_COLUMNS;

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const headerSchema = v.object({
  format: v.literal(FORMAT),
  task: v.picklist(['binary', 'multiclass', 'regression']),
  rows: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_ROWS)),
  classes: v.pipe(v.array(text), v.maxLength(MAX_CLASSES)),
  columns: v.array(v.picklist(['label', 'prediction', 'score', 'id'])),
  groups: v.pipe(
    v.array(v.object({ name: text, values: v.pipe(v.array(text), v.maxLength(MAX_GROUPS)) })),
    v.maxLength(MAX_GROUP_COLUMNS),
  ),
});
type Header = v.InferOutput<typeof headerSchema>;

/**
 * Predictions as an object of a registry: gzip of a line of JSON and the columns that it names, one after the other, then those of the
 * groups. Numbers are little-endian: float64, for classes uint16, for names uint64, for groups uint8.
 */
export function encodePredictions(predictions: Predictions): Uint8Array {
  const { task, rows, classes, labels, predicted, scores, ids, groups } = predictions;
  const header: Header = {
    format: FORMAT,
    task,
    rows,
    classes: [...classes],
    columns: [
      'label',
      ...(predicted ? ['prediction' as const] : []),
      ...(scores ? ['score' as const] : []),
      ...(ids ? ['id' as const] : []),
    ],
    groups: groups.map(({ name, values }) => ({ name, values: [...values] })),
  };
  const outcome = task === 'regression' ? floats : shorts;
  return gzipSync(
    Buffer.concat([
      Buffer.from(`${JSON.stringify(header)}\n`),
      outcome(labels),
      ...(predicted ? [outcome(predicted)] : []),
      ...(scores ? [floats(scores)] : []),
      ...(ids ? [words(ids)] : []),
      ...groups.map(({ codes }) => codes),
    ]),
  );
}

/** Throws `PREDICTIONS_DAMAGED` for anything else than what `encodePredictions` gives, which is of bounded size. */
export function decodePredictions(bytes: Uint8Array): Predictions {
  try {
    const content = gunzipSync(bytes, { maxOutputLength: MAX_HEADER_BYTES + MAX_ROWS * MAX_ROW_BYTES });
    const end = content.indexOf(0x0a);
    const header = v.parse(headerSchema, JSON.parse(content.toString('utf8', 0, end)));
    return columnsIn(header, content.subarray(end + 1));
  } catch (cause) {
    throw new RegistryError(
      'PREDICTIONS_DAMAGED',
      'What was recorded as predictions aren’t predictions. Evaluate the version with them again.',
      { cause },
    );
  }
}

function columnsIn({ task, rows, classes, columns, groups }: Header, bytes: Buffer): Predictions {
  const reader = new ColumnReader(bytes, rows);
  const outcome = () => (task === 'regression' ? reader.floats() : reader.codes(classes.length));
  const found: { labels?: Float64Array; predicted?: Float64Array; scores?: Float64Array; ids?: BigUint64Array } = {};
  for (const column of columns) {
    if (column === 'label') found.labels = outcome();
    else if (column === 'prediction') found.predicted = outcome();
    else if (column === 'score') found.scores = reader.floats();
    else found.ids = reader.words();
  }
  const { labels } = found;
  if (!labels) throw new Error('There are no labels.');
  if (task === 'binary' && classes.length !== 2) throw new Error('There are not two classes.');
  const own = groups.map((group): GroupColumn => ({ ...group, codes: reader.bytes(group.values.length) }));
  reader.end();
  return { task, rows, classes, ...found, labels, groups: own };
}

/** Columns one after the other. Throws where there is less than there should be, or something that can't be. */
class ColumnReader {
  readonly #view: DataView;
  readonly #rows: number;
  #at = 0;

  constructor(bytes: Buffer, rows: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#rows = rows;
  }

  floats(): Float64Array {
    const at = this.#take(8);
    return Float64Array.from({ length: this.#rows }, (_, row) => this.#view.getFloat64(at + row * 8, true));
  }

  codes(below: number): Float64Array {
    const at = this.#take(2);
    return Float64Array.from({ length: this.#rows }, (_, row) =>
      within(this.#view.getUint16(at + row * 2, true), below),
    );
  }

  words(): BigUint64Array {
    const at = this.#take(8);
    return BigUint64Array.from({ length: this.#rows }, (_, row) => this.#view.getBigUint64(at + row * 8, true));
  }

  bytes(below: number): Uint8Array {
    const at = this.#take(1);
    return Uint8Array.from({ length: this.#rows }, (_, row) => within(this.#view.getUint8(at + row), below));
  }

  end(): void {
    if (this.#at !== this.#view.byteLength) throw new Error('There is more than the columns.');
  }

  #take(size: number): number {
    const at = this.#at;
    this.#at += size * this.#rows;
    if (this.#at > this.#view.byteLength) throw new Error('A column ends too early.');
    return at;
  }
}

function within(code: number, below: number): number {
  if (code >= below) throw new Error('A code names nothing.');
  return code;
}

function floats(values: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [row, value] of values.entries()) view.setFloat64(row * 8, value, true);
  return new Uint8Array(view.buffer);
}

function shorts(values: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  for (const [row, value] of values.entries()) view.setUint16(row * 2, value, true);
  return new Uint8Array(view.buffer);
}

function words(values: BigUint64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [row, value] of values.entries()) view.setBigUint64(row * 8, value, true);
  return new Uint8Array(view.buffer);
}
