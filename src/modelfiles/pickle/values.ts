/**
 * What a pickle would put together, as far as it can be told without doing it. Nothing here was imported or called: an object is the
 * name of what would be called and the arguments that it would get.
 */
export type Value = null | boolean | number | bigint | string | Composite;

export type Composite =
  | Unknown
  | LongText
  | BytesValue
  | TupleValue
  | ListValue
  | DictValue
  | SetValue
  | GlobalValue
  | PersistentValue
  | ObjectValue
  | MadeValue;

/** Something that wasn't kept or can't be told. */
export interface Unknown {
  readonly kind: 'unknown';
  /** `lost` where a limit was reached or the pickle is broken; `outside` for what the loading program has: extensions, buffers. */
  readonly why: 'lost' | 'outside';
}

/** A text that is too long to be kept. */
export interface LongText {
  readonly kind: 'long-text';
  /** Where it begins in the walked bytes. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** Its first characters. */
  readonly start: string;
}

export interface BytesValue {
  readonly kind: 'bytes';
  /** Where they begin in the walked bytes; with `inline`, where the text begins that they were encoded in. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly inline?: Uint8Array;
}

export interface TupleValue {
  readonly kind: 'tuple';
  readonly items: readonly Value[];
}

export interface ListValue {
  readonly kind: 'list';
  readonly items: Value[];
}

export interface SetValue {
  readonly kind: 'set';
  readonly items: Value[];
}

/** Keys and values side by side, in the order in which they were set. */
export interface DictValue {
  readonly kind: 'dict';
  readonly keys: Value[];
  readonly values: Value[];
}

export interface GlobalValue {
  readonly kind: 'global';
  readonly module: string;
  readonly name: string;
}

/** What a program keeps outside the pickle: the storages of PyTorch. */
export interface PersistentValue {
  readonly kind: 'persistent';
  readonly id: Value;
}

export interface ObjectValue {
  readonly kind: 'object';
  /** What is called, or the class that is made an instance of. */
  readonly callee: Value;
  readonly args: readonly Value[];
  state?: Value;
  /** What was appended and set later, as for an `OrderedDict`. */
  readonly items: Value[];
  readonly keys: Value[];
  readonly values: Value[];
  /** Elements of an array that stand behind the pickle's opcode instead of in it (joblib). */
  array?: { readonly offset: number; readonly sizeBytes: number };
}

/** What the caller of the walk made of a call, in place of an object with all its arguments. */
export interface MadeValue {
  readonly kind: 'made';
  readonly made: unknown;
}

export const LOST: Unknown = { kind: 'unknown', why: 'lost' };
export const OUTSIDE: Unknown = { kind: 'unknown', why: 'outside' };

export function isComposite(value: Value | undefined): value is Composite {
  return typeof value === 'object' && value !== null;
}

export function isKind<Kind extends Composite['kind']>(
  value: Value | undefined,
  kind: Kind,
): value is Extract<Composite, { kind: Kind }> {
  return isComposite(value) && value.kind === kind;
}

/** `module.name`. */
export function pathOf(value: GlobalValue): string {
  return `${value.module}.${value.name}`;
}

/** The class that an object is an instance of, or what made it. */
export function classOf(value: Value | undefined): GlobalValue | undefined {
  if (!isKind(value, 'object') || !isKind(value.callee, 'global')) return undefined;
  if (/^copy_?reg$/.test(value.callee.module)) return isKind(value.args[0], 'global') ? value.args[0] : undefined;
  return value.callee;
}

/** `module.Class` of an object. */
export function classPath(value: Value | undefined): string | undefined {
  const type = classOf(value);
  return type === undefined ? undefined : pathOf(type);
}

/** The attributes of an object, or the entries of a dictionary, under names: the last one counts. */
export function namedEntries(value: Value | undefined): ReadonlyMap<string, Value> {
  const named = new Map<string, Value>();
  for (const source of entrySources(value)) {
    source.keys.forEach((key, index) => {
      const entry = source.values[index];
      if (typeof key === 'string' && entry !== undefined) named.set(key, entry);
    });
  }
  return named;
}

function* entrySources(value: Value | undefined): Generator<{ readonly keys: Value[]; readonly values: Value[] }> {
  if (isKind(value, 'dict')) yield value;
  if (!isKind(value, 'object')) return;
  yield value;
  if (isKind(value.state, 'dict')) yield value.state;
  // State of a class with slots.
  if (isKind(value.state, 'tuple') && value.state.items.length === 2) {
    for (const part of value.state.items) if (isKind(part, 'dict')) yield part;
  }
}

/** The members of a tuple, list, set, or object that is filled like a list. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  if (isKind(value, 'tuple') || isKind(value, 'list') || isKind(value, 'set') || isKind(value, 'object'))
    return value.items;
  return [];
}

/** A number that is exact. */
export function integerOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER)
    return Number(value);
  return undefined;
}

function isInteger(value: Value): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

/** Whole numbers of a tuple or list, if all of it is. */
export function integersOf(value: Value | undefined): readonly number[] | undefined {
  if (!isKind(value, 'tuple') && !isKind(value, 'list')) return undefined;
  const items: readonly Value[] = value.items;
  // Most are: these aren't copied, for there may be many.
  if (items.every(isInteger)) return items;
  const numbers = items.map(integerOf);
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}
