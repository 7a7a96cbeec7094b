// What comes from a registry was written by anyone who may write to it, and a language model takes text at its word. Here it is made short and plain.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface Bounds {
  /** Characters of one text. */
  readonly textLength: number;
  /** Entries of one list, and names of one record. */
  readonly listLength: number;
}

const MAX_NAME = 120;
const MAX_DEPTH = 12;

/**
 * Characters that a person doesn't see and a model may read: controls, formats (which reorder text, join it, or spell it in tags),
 * surrogates without a partner, private ones, and the selectors of variants that can carry bytes. Line ends become spaces.
 */
const UNSEEN =
  /(?:[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]|[\u2028\u2029\u115f\u1160\u3164\uffa0]|[\u{FE00}-\u{FE0F}]|[\u{E0100}-\u{E01EF}])+/gu;

/** Text on one line with nothing in it that can't be seen, cut to `max` characters. */
export function cleanText(text: string, max: number): string {
  // No more is looked at than can be shown, so that a text of megabytes costs nothing.
  const start = text.length > max * 4 ? text.slice(0, max * 4) : text;
  const clean = start.replace(/[\r\n\t\u2028\u2029]+/g, ' ').replace(UNSEEN, '\ufffd');
  const isWhole = start.length === text.length;
  if (isWhole && clean.length <= max) return clean;
  return `${clean.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Plain data for JSON: undefined is left out, texts are cleaned, lists and records are cut. Undefined where it is longer than `room`. */
export function bounded(value: unknown, bounds: Bounds, room = Number.POSITIVE_INFINITY): Json | undefined {
  const cutter = new Cutter(bounds, room);
  const data = cutter.cut(value, 0);
  return cutter.isFull ? undefined : data;
}

class Cutter {
  readonly #bounds: Bounds;
  #room: number;

  constructor(bounds: Bounds, room: number) {
    this.#bounds = bounds;
    this.#room = room;
  }

  /** Nothing is looked at any more. */
  get isFull(): boolean {
    return this.#room < 0;
  }

  cut(value: unknown, depth: number): Json {
    this.#room -= 1;
    if (this.isFull) return null;
    if (typeof value === 'string') return this.#text(value, this.#bounds.textLength);
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'boolean') return value;
    if (typeof value !== 'object' || value === null) return null;
    if (depth >= MAX_DEPTH) return '…';
    return Array.isArray(value) ? this.#list(value, depth) : this.#record(value, depth);
  }

  #text(text: string, max: number): string {
    const clean = cleanText(text, max);
    this.#room -= clean.length;
    return clean;
  }

  #list(list: readonly unknown[], depth: number): Json {
    const shown: Json[] = [];
    for (const item of list.slice(0, this.#bounds.listLength)) {
      if (this.isFull) return null;
      shown.push(this.cut(item, depth + 1));
    }
    const left = list.length - shown.length;
    return left === 0 ? shown : [...shown, `… and ${left} more`];
  }

  #record(record: object, depth: number): Json {
    const entries = Object.entries(record).filter(([, value]) => value !== undefined);
    const shown: [string, Json][] = [];
    for (const [name, value] of entries.slice(0, this.#bounds.listLength)) {
      if (this.isFull) return null;
      shown.push([this.#text(name, MAX_NAME), this.cut(value, depth + 1)]);
    }
    const left = entries.length - shown.length;
    // Whatever a name is, `__proto__` included, it becomes a name of the record's own.
    return Object.fromEntries(left === 0 ? shown : [...shown, ['…', `and ${left} more`]]);
  }
}
