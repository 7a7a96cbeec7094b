import { isTooLarge, type MetricValue, writtenMetric } from '../base/metric-value.ts';

/** Limits of the log's format (docs/format.md): what exceeds them couldn't be recorded. */
export const MAX_NAME_LENGTH = 256;
export const MAX_TEXT_LENGTH = 16_384;
const MAX_VALUES = 2000;
/** An intent of 256 KiB has both, beside packages and all the rest. */
const MAX_METRICS_BYTES = 96 * 1024;
const MAX_PARAMS_BYTES = 96 * 1024;
const MAX_PROBLEMS = 20;
const UNUSABLE_NAME = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|^(?:__proto__|prototype|constructor)$/u;

/** Whether the log takes it as the name of a metric, param or tag. */
export function isUsableName(name: string): boolean {
  return name !== '' && name.length <= MAX_NAME_LENGTH && !UNUSABLE_NAME.test(name);
}

/** A part of what a run recorded that its version doesn't have, and why: in words of our own, so that the version can tell it. */
export interface LeftOutOfRun {
  readonly what: string;
  readonly why: string;
}

/** Metrics, params and tags of a run within the limits of the log; what is beyond them is left out and said. */
export class RunValues {
  readonly #metrics = new Map<string, MetricValue>();
  readonly #params = new Map<string, string>();
  readonly #problems = new Set<string>();
  readonly #leftOut: LeftOutOfRun[] = [];
  #metricsBytes = 0;
  #paramsBytes = 0;

  /** What isn't a number is no metric. */
  metric(name: string, value: unknown): void {
    const metric = writtenMetric(value);
    if (metric === undefined) return;
    const sizeBytes = sizeOf(name, metric);
    if (isTooLarge(metric))
      this.leaveOut(
        'metrics',
        `The metric ${shortened(name)} is larger than any number that can be recorded and was left out`,
      );
    else if (this.#metricsBytes + sizeBytes > MAX_METRICS_BYTES) this.leaveOut('metrics', TOO_MANY_METRICS);
    else if (this.#isTaken(name, this.#metrics, 'metric')) {
      this.#metricsBytes += sizeBytes;
      this.#metrics.set(name, metric);
    }
  }

  /** Lists are written as JSON, nested values under names joined by dots, and what has no value is left out. */
  param(name: string, value: unknown, depth = 0): void {
    if (value === undefined || value === null) return;
    if (typeof value === 'object' && !Array.isArray(value)) {
      if (depth >= MAX_DEPTH)
        this.leaveOut('params', `${shortened(name)} is nested more than ${MAX_DEPTH} levels deep`);
      else
        for (const [key, item] of Object.entries(value))
          this.param(name === '' ? key : `${name}.${key}`, item, depth + 1);
      return;
    }
    if (hasTooLarge(value)) {
      this.leaveOut(
        'params',
        `The param ${shortened(name)} is larger than any number that can be recorded and was left out`,
      );
      return;
    }
    const text = typeof value === 'object' ? jsonOf(value) : String(value);
    const sizeBytes = sizeOf(name, text ?? '');
    if (text === undefined || text.length > MAX_TEXT_LENGTH || this.#paramsBytes + sizeBytes > MAX_PARAMS_BYTES)
      this.leaveOut('params', `The param ${shortened(name)} is too long and was left out`);
    else if (this.#isTaken(name, this.#params, 'param')) {
      this.#paramsBytes += sizeBytes;
      this.#params.set(name, text);
    }
  }

  problem(text: string): void {
    if (this.#problems.size < MAX_PROBLEMS) this.#problems.add(text);
  }

  get metrics(): Readonly<Record<string, MetricValue>> {
    return Object.fromEntries(this.#metrics);
  }

  get params(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#params);
  }

  /** The same, where it is something that the version shall tell that it doesn't have. */
  leaveOut(what: string, why: string): void {
    if (this.#problems.has(why)) return;
    this.problem(why);
    if (this.#problems.has(why)) this.#leftOut.push({ what, why });
  }

  /** To be spread into a record. */
  get problems(): { readonly problems?: readonly string[]; readonly leftOut?: readonly LeftOutOfRun[] } {
    if (this.#problems.size === 0) return {};
    return { problems: [...this.#problems], ...(this.#leftOut.length > 0 ? { leftOut: [...this.#leftOut] } : {}) };
  }

  #isTaken(name: string, known: ReadonlyMap<string, unknown>, what: 'metric' | 'param'): boolean {
    if (known.has(name)) return true;
    if (!isUsableName(name)) {
      this.leaveOut(
        `${what}s`,
        name.length > MAX_NAME_LENGTH
          ? `A ${what} has the name ${JSON.stringify(shortened(name))}, which is longer than ${MAX_NAME_LENGTH} characters`
          : `A ${what} has the name ${JSON.stringify(shortened(name))}, which no value can have`,
      );
      return false;
    }
    if (known.size < MAX_VALUES) return true;
    this.leaveOut(`${what}s`, `There are more than ${MAX_VALUES} ${what}s: the rest was left out`);
    return false;
  }
}

const MAX_DEPTH = 16;
const TOO_MANY_METRICS = 'The names and values of the metrics are too long together: the rest was left out';

/** As JSON, with the quotes, the colon and the comma. */
function sizeOf(name: string, value: string | number): number {
  return Buffer.byteLength(JSON.stringify([name, value])) + 1;
}

/** A number that is too large, or a list with one in it. */
export function hasTooLarge(value: unknown, depth = 0): boolean {
  if (!Array.isArray(value)) return isTooLarge(value);
  return depth < MAX_DEPTH && value.some((item) => hasTooLarge(item, depth + 1));
}

export function shortened(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // YAML can name a list inside of itself.
    return undefined;
  }
}
