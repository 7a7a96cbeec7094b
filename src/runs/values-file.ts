import { readFile, stat } from 'node:fs/promises';
import { parse as parseToml } from 'smol-toml';
import { parseBoundedYaml, RECORDED_YAML } from '../base/bounded-yaml.ts';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import { isTooLarge, type MetricValue, metricValueOf, writtenMetric } from '../base/metric-value.ts';
import { intervalRows, type MeasuredValues, withIntervals } from './intervals.ts';
import { parsePythonJson } from './parse-json.ts';
import { pythonMetric } from './python-number.ts';
import type { MetricHistory } from './run-record.ts';
import { parseTable } from './table.ts';
import { courseOf, namedValues } from './table-values.ts';
import { hasTooLarge, isUsableName, MAX_NAME_LENGTH, MAX_TEXT_LENGTH, shortened } from './values.ts';

const MAX_FILE_BYTES = 1024 * 1024;
/** Tables may have a row for each step. */
const MAX_TABLE_BYTES = 16 * 1024 * 1024;
const MAX_VALUES = 2000;
const MAX_DEPTH = 16;
const TABLE = /\.(?:csv|tsv)$/i;

type Metrics = Readonly<Record<string, MetricValue>>;
type Params = Readonly<Record<string, string>>;

/** What a file says of a run's results. */
export interface MetricsFileValues {
  readonly metrics: Metrics;
  /** Of a table that has a row for each step. */
  readonly history?: Readonly<Record<string, MetricHistory>>;
}

/** Told of each part of a file that can't be recorded. Where nobody is told, such a file isn't read at all. */
export type OnLeftOut = (why: string) => void;

/**
 * The numbers in a JSON, YAML or TOML file, nested names joined by dots (`slices.DE.auc`), or in a CSV or TSV file: the last number of each
 * column, or the pairs of a table of names and values. Strings, booleans, nulls and lists are no metrics.
 * Throws `VALUES_FILE_INVALID` for a file that can't be read, `PATH_NOT_FOUND` for one that isn't there.
 */
export async function readMetricsFile(file: string, onLeftOut?: OnLeftOut): Promise<Metrics> {
  return (await readMetricsWithHistory(file, onLeftOut)).metrics;
}

/** The same, with the course of each metric where the file has it. */
export async function readMetricsWithHistory(file: string, onLeftOut?: OnLeftOut): Promise<MetricsFileValues> {
  return metricsIn(await readText(file, TABLE.test(file) ? MAX_TABLE_BYTES : MAX_FILE_BYTES), file, onLeftOut);
}

/** The metrics in the text of a file of this name. Throws `VALUES_FILE_INVALID`. */
export function metricsIn(text: string, file: string, onLeftOut?: OnLeftOut): MetricsFileValues {
  if (!TABLE.test(file)) {
    const leaves = leavesOf(parseFile(text, file), file, onLeftOut);
    return {
      metrics: recordable(
        leaves.map(([name, value]) => [name, writtenMetric(value)]),
        file,
        onLeftOut,
      ),
    };
  }
  const table = parseTable(text);
  if (!table) throw invalid(file, 'has no row of names with rows of values below');
  const pairs = namedValues(table);
  if (pairs)
    return {
      metrics: recordable(
        usable(pairs, file, onLeftOut).map(([name, value]) => [name, pythonMetric(value)]),
        file,
        onLeftOut,
      ),
    };
  const course = courseOf(table);
  const last = [...course.last()];
  const metrics = recordable(usable(last, file, onLeftOut), file, onLeftOut);
  if (last.length === 0) throw invalid(file, 'holds no numbers under a name');
  return { metrics, ...course.build() };
}

/** The same, for an evaluation: with the confidence intervals that the file gives. */
export async function readMeasuredFile(file: string): Promise<MeasuredValues> {
  const isTable = TABLE.test(file);
  const text = await readText(file, isTable ? MAX_TABLE_BYTES : MAX_FILE_BYTES);
  const table = isTable ? parseTable(text) : undefined;
  const rows = table && intervalRows(table);
  recordable(usable(Object.entries(rows?.metrics ?? {}), file, undefined), file, undefined);
  for (const [name, { low, high }] of Object.entries(rows?.intervals ?? {}))
    if (isTooLarge(low) || isTooLarge(high)) throw invalid(file, tooLarge(name));
  return rows ?? withIntervals(metricsIn(text, file).metrics);
}

/** Those that are metrics, and no larger than what can be recorded. */
function recordable(
  found: readonly (readonly [string, MetricValue | undefined])[],
  file: string,
  onLeftOut: OnLeftOut | undefined,
): Metrics {
  const metrics = found.flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!isTooLarge(value)) return [[name, value] as const];
    leaveOut(file, tooLarge(name), onLeftOut);
    return [];
  });
  return Object.fromEntries(metrics);
}

function tooLarge(name: string): string {
  return `has a value for ${name} that is larger than any number that can be recorded`;
}

/**
 * The scalars in a JSON, YAML or TOML file as strings, lists as JSON, nested names joined by dots; or those of a CSV or TSV file with names
 * and values, or with one row. Throws what `readMetricsFile` throws.
 */
export async function readParamsFile(file: string, onLeftOut?: OnLeftOut): Promise<Params> {
  return paramsIn(await readText(file, MAX_FILE_BYTES), file, onLeftOut);
}

/** The params in the text of a file of this name. Throws `VALUES_FILE_INVALID`. */
export function paramsIn(text: string, file: string, onLeftOut?: OnLeftOut): Params {
  const params: Record<string, string> = {};
  const found = TABLE.test(file)
    ? usable(tableParams(text, file), file, onLeftOut)
    : leavesOf(parseFile(text, file), file, onLeftOut);
  for (const [name, value] of found) {
    if (value === null || value === undefined) continue;
    if (hasTooLarge(value)) {
      leaveOut(file, tooLarge(name), onLeftOut);
      continue;
    }
    const written = Array.isArray(value) ? listText(value, name, file) : scalarText(value);
    if (written.length > MAX_TEXT_LENGTH)
      leaveOut(file, `has a value of more than ${MAX_TEXT_LENGTH} characters (${name})`, onLeftOut);
    else params[name] = written;
  }
  return params;
}

function tableParams(text: string, file: string): readonly (readonly [string, string])[] {
  const table = parseTable(text);
  if (!table) throw invalid(file, 'has no row of names with values below');
  const [row] = table.rows;
  const pairs =
    namedValues(table) ??
    (table.rows.length === 1 && row ? table.columns.map((name, at) => [name, row[at] ?? ''] as const) : undefined);
  if (!pairs) throw invalid(file, 'has several rows, and params are one: write columns of names and values');
  return pairs;
}

function scalarText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function listText(list: readonly unknown[], name: string, file: string): string {
  try {
    return JSON.stringify(list, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
  } catch (cause) {
    // YAML can name a list inside of itself.
    throw invalid(file, `has a list that can't be written as JSON (${name})`, cause);
  }
}

/** A metric from its text on a command line. Throws `METRIC_INVALID`. */
export function parseMetric(name: string, text: string): MetricValue {
  const written = text.trim().replace(/^([+-]?)inf$/i, '$1Infinity');
  const metric = metricValueOf(written === '' ? undefined : Number(written));
  const isNamed = /^\s*nan\s*$/i.test(text);
  if (metric === undefined || (metric === 'NaN' && !isNamed)) {
    throw new RegistryError(
      'METRIC_INVALID',
      `The metric ${name} is "${text}", which is no number. Nothing was changed.`,
    );
  }
  const isEndless = metric === 'Infinity' || metric === '-Infinity';
  if (isEndless && !/^\s*[+-]?inf(inity)?\s*$/i.test(text)) {
    throw new RegistryError(
      'METRIC_INVALID',
      `The metric ${name} is ${text.trim()}, which is larger than any number that can be recorded. Write Infinity if you mean that. Nothing was changed.`,
    );
  }
  return metric;
}

type Leaf = readonly [string, unknown];

function leavesOf(value: unknown, file: string, onLeftOut: OnLeftOut | undefined): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const isWhole = collect(value, { name: '', depth: 0 }, { leaves, file, onLeftOut });
  if (!isWhole) leaveOut(file, `has more than ${MAX_VALUES} values`, onLeftOut);
  return leaves;
}

interface Collecting {
  readonly leaves: Leaf[];
  readonly file: string;
  readonly onLeftOut: OnLeftOut | undefined;
}

/** False where there are more values than are read. */
function collect(
  value: unknown,
  { name, depth }: { readonly name: string; readonly depth: number },
  collecting: Collecting,
): boolean {
  const { leaves, file, onLeftOut } = collecting;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) {
    if (name === '' && depth === 0) throw invalid(file, 'holds no names with values');
    if (leaves.length >= MAX_VALUES) return false;
    leaves.push(...usable([[name, value]], file, onLeftOut));
    return true;
  }
  if (depth >= MAX_DEPTH) {
    leaveOut(file, `is nested more than ${MAX_DEPTH} levels deep`, onLeftOut);
    return true;
  }
  return Object.entries(value).every(([key, item]) =>
    collect(item, { name: name === '' ? key : `${name}.${key}`, depth: depth + 1 }, collecting),
  );
}

/** Those whose names can be recorded. */
function usable<T>(
  values: readonly (readonly [string, T])[],
  file: string,
  onLeftOut: OnLeftOut | undefined,
): readonly (readonly [string, T])[] {
  return values.filter(([name]) => {
    if (isUsableName(name)) return true;
    leaveOut(file, unusableName(name), onLeftOut);
    return false;
  });
}

function leaveOut(file: string, why: string, onLeftOut: OnLeftOut | undefined): void {
  if (!onLeftOut) throw invalid(file, why);
  onLeftOut(why);
}

function unusableName(name: string): string {
  const shown = JSON.stringify(shortened(name));
  return name.length > MAX_NAME_LENGTH
    ? `has the name ${shown}, which is longer than ${MAX_NAME_LENGTH} characters`
    : `has the name ${shown}, which no value can have`;
}

function parseFile(text: string, file: string): unknown {
  try {
    if (/\.json$/i.test(file)) return parsePythonJson(text);
    if (/\.toml$/i.test(file)) return tomlIn(text);
    return parseBoundedYaml(text, RECORDED_YAML);
  } catch (cause) {
    throw invalid(file, `can't be read: ${messageOf(cause).split('\n')[0] ?? ''}`, cause);
  }
}

/** A TOML file has `inf`, too; only where one of its numbers is too large, that can't be told from it. */
function tomlIn(text: string): unknown {
  const value: unknown = parseToml(text, { integersAsBigInt: 'asNeeded' });
  return /\d[eE]\+?\d{3}/.test(text) ? value : withEndlessWords(value);
}

function withEndlessWords(value: unknown): unknown {
  if (isTooLarge(value)) return metricValueOf(value);
  if (Array.isArray(value)) return value.map(withEndlessWords);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withEndlessWords(item)]));
}

async function readText(file: string, maxBytes: number): Promise<string> {
  try {
    const found = await stat(file);
    // Reading a pipe would wait for ever.
    if (!found.isFile()) throw invalid(file, "isn't a file");
    if (found.size > maxBytes) throw invalid(file, `is larger than ${maxBytes} bytes`);
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    if (RegistryError.is(cause)) throw cause;
    if (systemErrorCode(cause) === 'ENOENT') {
      throw new RegistryError('PATH_NOT_FOUND', `${file} doesn't exist. Check the path. Nothing was changed.`, {
        cause,
      });
    }
    throw invalid(file, `can't be read: ${systemErrorCode(cause) ?? messageOf(cause)}`, cause);
  }
}

function invalid(file: string, why: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'VALUES_FILE_INVALID',
    `${file} ${why}. Write a JSON, YAML, TOML or CSV file of names and values. Nothing was changed.`,
    { cause },
  );
}
