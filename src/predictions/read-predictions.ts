import { createHash } from 'node:crypto';
import { pythonMetric } from '../runs/python-number.ts';
import type { ReadPredictions, Role } from './asked.ts';
import { binaryClasses, classText, sortedClasses } from './classes.ts';
import { type FoundColumns, findColumns } from './columns.ts';
import { MAX_TEXT } from './encode.ts';
import { Dictionary, GrowingColumn } from './growing.ts';
import { MAX_CLASSES, MAX_GROUPS, MAX_ROWS, type Predictions, rowsOf, type Task } from './predictions.ts';
import { invalidPredictions, type RowRecord, readRows } from './record-stream.ts';

/** With more different whole numbers, labels are taken for the values of a regression. */
const MAX_NUMBERED_CLASSES = 20;
const DEFAULT_THRESHOLD = 0.5;

/**
 * Reads what a model predicted, and what was true, from a CSV, TSV or JSON Lines file of any size up to a million rows. What isn't named
 * isn't kept; names of examples are kept as hashes, in whose order the rows are. Throws `PREDICTIONS_INVALID`, `PATH_NOT_FOUND`.
 */
export async function readPredictions(file: string, options: ReadPredictions): Promise<Predictions> {
  let rows: Rows | undefined;
  await readRows(file, {
    columns: (names) => {
      rows = new Rows(file, findColumns(file, names, options));
    },
    row: (record) => rows?.add(record),
  });
  if (!rows || rows.count === 0) throw invalidPredictions(file, 'has no rows below the names of its columns');
  return rows.predictions(options);
}

/** A column whose values may be classes or numbers; which of the two shows at the end. */
class Outcomes {
  readonly numbers = new GrowingColumn();
  readonly codes = new GrowingColumn();
  isNumeric = true;
  isWhole = true;

  /** The classes are those of labels, or of predictions beside them. */
  add(text: string, classes: Dictionary, of: 'label' | 'prediction'): void {
    const number = numberIn(text);
    const isBroken = number !== undefined && !Number.isInteger(number);
    if (number === undefined) this.isNumeric = false;
    else if (isBroken) this.isWhole = false;
    this.numbers.push(number ?? Number.NaN);
    // A predicted 0.83 is no class, and thousands of such would leave no room for those that are.
    const code = isBroken && of === 'prediction' ? undefined : classes.code(classText(text));
    this.codes.push(code ?? Number.NaN);
  }
}

class Rows {
  count = 0;
  readonly #file: string;
  readonly #columns: FoundColumns;
  readonly #labelClasses = new Dictionary(MAX_CLASSES);
  readonly #labels = new Outcomes();
  readonly #predicted = new Outcomes();
  readonly #scores = new GrowingColumn();
  readonly #groups: readonly { readonly name: string; readonly values: Dictionary; readonly codes: GrowingColumn }[];
  #ids = new BigUint64Array(1024);

  constructor(file: string, columns: FoundColumns) {
    this.#file = file;
    this.#columns = columns;
    this.#groups = columns.groups.map((name) => ({
      name,
      values: new Dictionary(MAX_GROUPS),
      codes: new GrowingColumn(),
    }));
  }

  add(record: RowRecord): void {
    const { names } = this.#columns;
    this.count += 1;
    if (this.count > MAX_ROWS) throw this.#invalid(`has more than ${MAX_ROWS} rows: take a sample of them`);
    // Predictions and labels share their classes, so that equal ones are equal numbers.
    this.#labels.add(this.#text(record, 'label'), this.#labelClasses, 'label');
    if (names.prediction !== undefined)
      this.#predicted.add(this.#text(record, 'prediction'), this.#labelClasses, 'prediction');
    if (names.score !== undefined) this.#scores.push(this.#score(record));
    if (names.id !== undefined) this.#addId(this.#text(record, 'id'));
    for (const { name, values, codes } of this.#groups) codes.push(this.#group(record, name, values));
  }

  predictions(options: ReadPredictions): Predictions {
    const { names } = this.#columns;
    const task = options.task ?? this.#task();
    const read =
      task === 'regression' ? this.#regression() : task === 'binary' ? this.#binary(options) : this.#multiclass();
    const whole: Predictions = {
      task,
      rows: this.count,
      ...read,
      ...(names.id === undefined ? {} : { ids: this.#ids.slice(0, this.count) }),
      groups: this.#groups.map(({ name, values, codes }) => ({
        name,
        values: values.texts(),
        codes: Uint8Array.from(codes.values()),
      })),
    };
    return this.#inOrder(whole);
  }

  /** What kind of model writes such a file. */
  #task(): Task {
    const { isNumeric, isWhole } = this.#labels;
    const labels = new Set(this.#labels.codes.values());
    const areClasses = !labels.has(Number.NaN) && (!isNumeric || (isWhole && labels.size <= MAX_NUMBERED_CLASSES));
    if (!areClasses) {
      if (isNumeric) return 'regression';
      throw this.#invalid(`has more than ${MAX_CLASSES} classes`);
    }
    const { names } = this.#columns;
    const isGuessed = names.prediction !== undefined && !this.#predictsScores();
    const all = isGuessed ? new Set([...labels, ...this.#predicted.codes.values()]) : labels;
    return all.size <= 2 ? 'binary' : 'multiclass';
  }

  /** A prediction of 0.83 of something that is or isn't is a score. */
  #predictsScores(): boolean {
    const { isNumeric, isWhole } = this.#predicted;
    return isNumeric && !isWhole && this.#columns.names.score === undefined;
  }

  #regression() {
    if (!this.#labels.isNumeric) throw this.#invalid('has labels that are no numbers');
    if (this.#columns.names.prediction === undefined)
      throw this.#invalid('has no column prediction (or y_pred): name it with --columns prediction=NAME');
    if (!this.#predicted.isNumeric) throw this.#invalid('has predictions that are no numbers');
    return { classes: [], labels: this.#labels.numbers.values(), predicted: this.#predicted.numbers.values() };
  }

  #binary({ positive, threshold }: ReadPredictions) {
    const { names } = this.#columns;
    const areScores = names.prediction !== undefined && this.#predictsScores();
    const hasClasses = names.prediction !== undefined && !areScores;
    const used = new Set([...this.#labels.codes.values(), ...(hasClasses ? this.#predicted.codes.values() : [])]);
    const texts = this.#labelClasses.texts();
    const found = binaryClasses(
      [...used].map((code) => texts[code] ?? ''),
      positive,
    );
    if ('problem' in found) throw this.#invalid(found.problem);
    const isPositive = (code: number) => (texts[code] === found.classes[1] ? 1 : 0);
    const scores = areScores
      ? this.#predicted.numbers.values()
      : names.score === undefined
        ? undefined
        : this.#scores.values();
    return {
      classes: found.classes,
      labels: this.#labels.codes.values().map(isPositive),
      predicted: hasClasses ? this.#predicted.codes.values().map(isPositive) : scores && fromScores(scores, threshold),
      scores,
    };
  }

  #multiclass() {
    if (this.#columns.names.prediction === undefined)
      throw this.#invalid(
        'has several classes and no column prediction (or y_pred): name it with --columns prediction=NAME',
      );
    const all = [...this.#labels.codes.values(), ...this.#predicted.codes.values()];
    if (all.some(Number.isNaN))
      throw this.#invalid(`has predictions that are no classes, such as 0.7, or more than ${MAX_CLASSES} classes`);
    const texts = this.#labelClasses.texts();
    const classes = sortedClasses([...new Set(all)].map((code) => texts[code] ?? ''));
    const places = new Map(classes.map((name, place) => [name, place]));
    const placeOf = (code: number) => places.get(texts[code] ?? '') ?? 0;
    return {
      classes,
      labels: this.#labels.codes.values().map(placeOf),
      predicted: this.#predicted.codes.values().map(placeOf),
    };
  }

  /** By the names of examples, where they have some: what is computed doesn't depend on the order of the file then. */
  #inOrder(predictions: Predictions): Predictions {
    const { ids } = predictions;
    if (!ids) return predictions;
    const order = Uint32Array.from(ids.keys()).sort((a, b) => ((ids[a] ?? 0n) < (ids[b] ?? 0n) ? -1 : 1));
    const sorted = rowsOf(predictions, order);
    if (sorted.ids?.some((id, row, all) => row > 0 && all[row - 1] === id))
      throw this.#invalid('has the same id twice');
    return sorted;
  }

  #text(record: RowRecord, role: Role): string {
    const text = record(this.#columns.names[role] ?? '')?.trim() ?? '';
    if (text === '') throw this.#invalid(`has no ${role} in row ${this.count}`);
    return text;
  }

  #score(record: RowRecord): number {
    const text = this.#text(record, 'score');
    const score = numberIn(text);
    if (score === undefined)
      throw this.#invalid(
        `has the score ${JSON.stringify(text.slice(0, 40))} in row ${this.count}, which is no number`,
      );
    return score;
  }

  #addId(text: string): void {
    if (this.count > this.#ids.length) {
      const larger = new BigUint64Array(this.#ids.length * 2);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[this.count - 1] = createHash('sha256').update(text).digest().readBigUInt64LE(0);
  }

  #group(record: RowRecord, name: string, values: Dictionary): number {
    const text = record(name)?.trim() ?? '';
    if (text.length > MAX_TEXT)
      throw this.#invalid(
        `has a value of ${JSON.stringify(name)} in row ${this.count} that is longer than ${MAX_TEXT} characters`,
      );
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u.test(text))
      throw this.#invalid(`has a value of ${JSON.stringify(name)} in row ${this.count} that has control characters`);
    const code = values.code(text);
    if (code === undefined)
      throw this.#invalid(
        `has more than ${MAX_GROUPS} different values of ${JSON.stringify(name)}: write fewer, larger groups`,
      );
    return code;
  }

  #invalid(why: string) {
    return invalidPredictions(this.#file, why);
  }
}

function fromScores(scores: Float64Array, threshold: number | undefined): Float64Array | undefined {
  const areProbabilities = scores.every((score) => score >= 0 && score <= 1);
  // Where nobody says it, nothing is known of other scales.
  if (threshold === undefined && !areProbabilities) return undefined;
  return scores.map((score) => (score >= (threshold ?? DEFAULT_THRESHOLD) ? 1 : 0));
}

/** Finite numbers only. */
function numberIn(text: string): number | undefined {
  const number = pythonMetric(text);
  return typeof number === 'number' ? number : undefined;
}
