import { readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import type { Metrics, MetricValue, Params } from '../registry/api.ts';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_VALUES = 2000;
const MAX_DEPTH = 16;
/** Limits of the log's format (docs/format.md): what exceeds them couldn't be recorded. */
const MAX_NAME_LENGTH = 256;
const MAX_TEXT_LENGTH = 16_384;
const UNUSABLE_NAME = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|^(?:__proto__|prototype|constructor)$/u;

/**
 * The numbers in a JSON or YAML file, nested names joined by dots (`slices.DE.auc`). Strings, booleans, nulls and lists are no metrics.
 * Throws `VALUES_FILE_INVALID` for a file that can't be read, `PATH_NOT_FOUND` for one that isn't there.
 */
export async function readMetricsFile(file: string): Promise<Metrics> {
  const metrics: Record<string, MetricValue> = {};
  for (const [name, value] of await leavesOf(file)) {
    const metric = metricOf(value);
    if (metric !== undefined) metrics[name] = metric;
  }
  return metrics;
}

/** The scalars in a JSON or YAML file as strings, lists as JSON, nested names joined by dots. Throws what `readMetricsFile` throws. */
export async function readParamsFile(file: string): Promise<Params> {
  const params: Record<string, string> = {};
  for (const [name, value] of await leavesOf(file)) {
    if (value === null || value === undefined) continue;
    const text = Array.isArray(value) ? listText(value, name, file) : String(value);
    if (text.length > MAX_TEXT_LENGTH)
      throw invalid(file, `has a value of more than ${MAX_TEXT_LENGTH} characters (${name})`);
    params[name] = text;
  }
  return params;
}

function listText(list: readonly unknown[], name: string, file: string): string {
  try {
    return JSON.stringify(list);
  } catch (cause) {
    // YAML can name a list inside of itself.
    throw invalid(file, `has a list that can't be written as JSON (${name})`, cause);
  }
}

/** A metric from its text on a command line. Throws `METRIC_INVALID`. */
export function parseMetric(name: string, text: string): MetricValue {
  const metric = metricOf(/^\s*$/.test(text) ? undefined : Number(text));
  const isNamed = /^\s*nan\s*$/i.test(text);
  if (metric === undefined || (metric === 'NaN' && !isNamed)) {
    throw new RegistryError(
      'METRIC_INVALID',
      `The metric ${name} is "${text}", which is no number. Nothing was changed.`,
    );
  }
  return metric;
}

/** A number as a metric; what JSON has no number for is a string. */
function metricOf(value: unknown): MetricValue | undefined {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  if (typeof value !== 'number') return undefined;
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  return value === Number.NEGATIVE_INFINITY ? '-Infinity' : value;
}

async function leavesOf(file: string): Promise<readonly (readonly [string, unknown])[]> {
  const leaves: (readonly [string, unknown])[] = [];
  collect(await parseFile(file), '', 0, leaves, file);
  return leaves;
}

function collect(
  value: unknown,
  name: string,
  depth: number,
  leaves: (readonly [string, unknown])[],
  file: string,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (name === '') throw invalid(file, 'holds no names with values');
    if (name.length > MAX_NAME_LENGTH || UNUSABLE_NAME.test(name)) {
      throw invalid(file, `has the name ${JSON.stringify(name.slice(0, 60))}, which is too long or can't be used`);
    }
    if (leaves.length >= MAX_VALUES) throw invalid(file, `has more than ${MAX_VALUES} values`);
    leaves.push([name, value]);
    return;
  }
  if (depth >= MAX_DEPTH) throw invalid(file, `is nested more than ${MAX_DEPTH} levels deep`);
  for (const [key, item] of Object.entries(value))
    collect(item, name === '' ? key : `${name}.${key}`, depth + 1, leaves, file);
}

async function parseFile(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    if (file.endsWith('.json')) return JSON.parse(withQuotedSpecials(text));
    return parse(text, { maxAliasCount: 100, logLevel: 'error' });
  } catch (cause) {
    throw invalid(file, `can't be read: ${messageOf(cause).split('\n')[0] ?? ''}`, cause);
  }
}

/** Python's json module writes NaN and infinities bare, which JSON doesn't know. */
function withQuotedSpecials(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

async function readText(file: string): Promise<string> {
  try {
    const found = await stat(file);
    // Reading a pipe would wait for ever.
    if (!found.isFile()) throw invalid(file, "isn't a file");
    if (found.size > MAX_FILE_BYTES) throw invalid(file, `is larger than ${MAX_FILE_BYTES} bytes`);
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
    `${file} ${why}. Write a JSON or YAML file of names and values. Nothing was changed.`,
    { cause },
  );
}
