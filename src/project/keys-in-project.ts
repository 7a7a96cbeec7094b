import * as v from 'valibot';
import { isMap, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { refuseTooMuchYaml, WRITTEN_YAML } from '../base/bounded-yaml.ts';
import { projectSchema } from './project-schema.ts';

/** What is written behind a key. */
export type KeyShape = 'text' | 'list' | 'map' | 'list-of-maps';

/** A key of a project file, or one of the values that a key may have. */
export interface KnownWord {
  readonly name: string;
  readonly description: string;
  readonly shape: KeyShape;
}

/** Which words of the file's own can stand at a place. Offsets are in the text. */
export interface WordPlace {
  readonly kind: 'key' | 'value';
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Between braces. */
  readonly isInFlow: boolean;
  readonly words: readonly KnownWord[];
}

/** Stands at the cursor while the text is parsed, so that there is something to find. */
const CURSOR = 'q7cursor7q';

/** The words that can be written at an offset, or of which one stands there; the text needn't be right. Undefined where there are none. */
export function wordsAt(text: string, offset: number): WordPlace | undefined {
  // A word that is alone on its line is a key that is being written, whatever the lines below it make of it.
  const isAlone =
    /^[ \t]*(?:- +)*[\w-]*$/.test(lineBefore(text, offset)) && /^[\w-]*[ \t]*(?:\r?\n|$)/.test(text.slice(offset));
  const tail = isAlone ? (/^[\w-]*/.exec(text.slice(offset))?.[0] ?? '') : '';
  const rest = text.slice(offset + tail.length);
  const marked = `${text.slice(0, offset)}${CURSOR}${tail}${isAlone ? ':' : ''}${rest}`;
  try {
    refuseTooMuchYaml(marked, WRITTEN_YAML);
  } catch {
    return undefined;
  }
  let found: WordPlace | undefined;
  visit(parseDocument(marked, { uniqueKeys: false }), {
    Scalar(role, node, ancestors) {
      const value = typeof node.value === 'string' ? node.value : '';
      if (!value.includes(CURSOR) || !node.range) return undefined;
      const [first, last] = node.range;
      const quote = /^['"]/.test(marked[first] ?? '') ? 1 : 0;
      const name = value.replace(CURSOR, '');
      // Somebody may have written the word itself further up.
      if (first > offset || last < offset + CURSOR.length) return undefined;
      const start = first + quote;
      const end = Math.max(last - CURSOR.length - quote, start);
      // Only a word that stands there as it is: none with escapes, and no part of a longer text.
      if (/[\s#]/.test(name) || end < offset || text.slice(start, end) !== name) return visit.BREAK;
      const isKey = role === 'key';
      const path = ancestors.flatMap((ancestor, index): (string | number)[] => {
        if (isSeq(ancestor)) return [ancestor.items.indexOf(ancestors[index + 1])];
        return isPair(ancestor) && isScalar(ancestor.key) ? [String(ancestor.key.value)] : [];
      });
      const around = ancestors.findLast((ancestor) => isMap(ancestor));
      const there = isKey && around ? around.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : [];
      const known = wordsOf(schemaAt(isKey ? path.slice(0, -1) : path), isKey);
      const words = known?.words.filter((word) => word.name === name || !there.includes(word.name)) ?? [];
      if (known && words.length > 0) {
        const isInFlow = ancestors.some((ancestor) => (isMap(ancestor) || isSeq(ancestor)) && ancestor.flow === true);
        found = { kind: known.kind, name, start, end, isInFlow, words };
      }
      return visit.BREAK;
    },
  });
  return found;
}

function lineBefore(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
}

type Schema = v.GenericSchema;

/** The schema of what stands at a path; undefined where the file has nothing. */
function schemaAt(path: readonly (string | number)[]): Schema | undefined {
  let schema: Schema | undefined = bare(projectSchema);
  for (const step of path) {
    if (!schema) return undefined;
    const inside: Schema | undefined = typeof step === 'number' ? itemOf(schema) : entryOf(schema, step);
    schema = inside && bare(inside);
  }
  return schema;
}

/** Without what only says that it may be left out, or checks it further. */
function bare(schema: Schema): Schema {
  if ('wrapped' in schema && isSchema(schema.wrapped)) return bare(schema.wrapped);
  const [first] = 'pipe' in schema && Array.isArray(schema.pipe) ? schema.pipe : [];
  return isSchema(first) && first !== schema && first.type !== schema.type ? bare(first) : schema;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';
}

function optionsOf(schema: Schema): readonly Schema[] {
  return schema.type === 'union' && 'options' in schema && Array.isArray(schema.options)
    ? schema.options.filter(isSchema).map(bare)
    : [schema];
}

function itemOf(schema: Schema): Schema | undefined {
  const list = optionsOf(schema).find(({ type }) => type === 'array');
  return list && 'item' in list && isSchema(list.item) ? list.item : undefined;
}

function entriesOf(schema: Schema): Readonly<Record<string, unknown>> {
  const map = optionsOf(schema).find((option) => 'entries' in option);
  return map && 'entries' in map && typeof map.entries === 'object' && map.entries !== null ? { ...map.entries } : {};
}

function entryOf(schema: Schema, key: string): Schema | undefined {
  const entries = entriesOf(schema);
  const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
  if (isSchema(entry)) return entry;
  return schema.type === 'record' && 'value' in schema && isSchema(schema.value) ? schema.value : undefined;
}

/** The keys of a map, or the values that there are to choose from. */
function wordsOf(
  schema: Schema | undefined,
  isKey: boolean,
): { readonly kind: WordPlace['kind']; readonly words: readonly KnownWord[] } | undefined {
  if (!schema) return undefined;
  const keys = Object.entries(entriesOf(schema)).flatMap(([name, entry]): readonly KnownWord[] =>
    isSchema(entry) ? [{ name, description: descriptionOf(entry), shape: shapeOf(entry) }] : [],
  );
  // A key that is begun where a map is to be reads as its value.
  if (isKey || (keys.length > 0 && optionsOf(schema).length === 1)) return { kind: 'key', words: keys };
  const values = optionsOf(schema).flatMap(valuesOf);
  return { kind: 'value', words: values.map((name) => ({ name, description: '', shape: 'text' })) };
}

function valuesOf(schema: Schema): readonly string[] {
  if (schema.type === 'boolean') return ['true', 'false'];
  if (schema.type === 'literal' && 'literal' in schema) return [String(schema.literal)];
  return schema.type === 'picklist' && 'options' in schema && Array.isArray(schema.options)
    ? schema.options.map(String)
    : [];
}

function shapeOf(schema: Schema): KeyShape {
  const [first = schema] = optionsOf(bare(schema));
  if (first.type === 'record' || 'entries' in first) return 'map';
  if (first.type !== 'array') return 'text';
  const item = itemOf(first);
  return item && 'entries' in bare(item) ? 'list-of-maps' : 'list';
}

function descriptionOf(schema: Schema): string {
  const own = v.getDescription(schema);
  if (own !== undefined) return own;
  return 'wrapped' in schema && isSchema(schema.wrapped) ? descriptionOf(schema.wrapped) : '';
}
