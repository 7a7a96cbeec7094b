import { type MetricValue, metricValueOf } from '../base/metric-value.ts';

/** Limits of the log's format (docs/format.md): what exceeds them couldn't be recorded. */
export const MAX_NAME_LENGTH = 256;
export const MAX_TEXT_LENGTH = 16_384;
const MAX_VALUES = 2000;
const MAX_PARAMS_LENGTH = 128 * 1024;
const MAX_PROBLEMS = 20;
const UNUSABLE_NAME = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|^(?:__proto__|prototype|constructor)$/u;

/** Whether the log takes it as the name of a metric, param or tag. */
export function isUsableName(name: string): boolean {
  return name !== '' && name.length <= MAX_NAME_LENGTH && !UNUSABLE_NAME.test(name);
}

/** Metrics, params and tags of a run within the limits of the log; what is beyond them is left out and said. */
export class RunValues {
  readonly #metrics = new Map<string, MetricValue>();
  readonly #params = new Map<string, string>();
  readonly #problems = new Set<string>();
  #paramsLength = 0;

  /** What isn't a number is no metric. */
  metric(name: string, value: unknown): void {
    const metric = metricValueOf(value);
    if (metric === undefined || !this.#isTaken(name, this.#metrics, 'metric')) return;
    this.#metrics.set(name, metric);
  }

  /** Lists are written as JSON, nested values under names joined by dots, and what has no value is left out. */
  param(name: string, value: unknown, depth = 0): void {
    if (value === undefined || value === null) return;
    if (typeof value === 'object' && !Array.isArray(value)) {
      if (depth >= MAX_DEPTH) this.problem(`${shortened(name)} is nested more than ${MAX_DEPTH} levels deep`);
      else
        for (const [key, item] of Object.entries(value))
          this.param(name === '' ? key : `${name}.${key}`, item, depth + 1);
      return;
    }
    const text = typeof value === 'object' ? jsonOf(value) : String(value);
    if (text === undefined || text.length > MAX_TEXT_LENGTH || this.#paramsLength + text.length > MAX_PARAMS_LENGTH)
      this.problem(`The param ${shortened(name)} is too long and was left out`);
    else if (this.#isTaken(name, this.#params, 'param')) {
      this.#paramsLength += text.length;
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

  /** To be spread into a record. */
  get problems(): { readonly problems?: readonly string[] } {
    return this.#problems.size === 0 ? {} : { problems: [...this.#problems] };
  }

  #isTaken(name: string, known: ReadonlyMap<string, unknown>, what: string): boolean {
    if (known.has(name)) return true;
    if (!isUsableName(name)) {
      this.problem(`A ${what} has the name ${JSON.stringify(shortened(name))}, which is too long or can't be used`);
      return false;
    }
    if (known.size < MAX_VALUES) return true;
    this.problem(`There are more than ${MAX_VALUES} ${what}s: the rest was left out`);
    return false;
  }
}

const MAX_DEPTH = 16;

function shortened(name: string): string {
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
