import { isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml';
import { refuseTooMuchYaml, WRITTEN_YAML } from '../base/bounded-yaml.ts';

/** What a word in a project file names. */
export type NameKind = 'model' | 'stage' | 'metric' | 'dataset' | 'slice';

/** Where a name stands, or would stand. */
export interface NamePlace {
  readonly kind: NameKind;
  /** The model that it is said of. */
  readonly model?: string;
  /** The stage of the gate that it is a part of. */
  readonly stage?: string;
  /** What stands there now. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A name with its place, counted from 1. */
export interface NamedAt extends NamePlace {
  readonly line: number;
  readonly column: number;
}

/** In a file that people write there are fewer. */
const MAX_NAMES = 2000;
/** Stands at the cursor while the text is parsed, so that there is something to find. */
const CURSOR = 'q7cursor7q';

/** What is being written, or stands, at an offset of the text, as far as it is a name. The text needn't be right. */
export function nameAt(text: string, offset: number): NamePlace | undefined {
  const marked = text.slice(0, offset) + CURSOR + text.slice(offset);
  if (isTooMuch(marked)) return undefined;
  let found: NamePlace | undefined;
  visit(parseDocument(marked, { uniqueKeys: false }), {
    Scalar(key, node, ancestors) {
      const value = typeof node.value === 'string' ? node.value : '';
      if (!value.includes(CURSOR) || !node.range) return undefined;
      const meaning = meaningOf(pathOf(ancestors), key === 'key');
      const [first, last] = node.range;
      const quote = /^['"]/.test(marked[first] ?? '') ? 1 : 0;
      const name = value.replace(CURSOR, '');
      // A text that is still being written has no quote at its end.
      const end = last - CURSOR.length - (quote > 0 && last - 1 > first && marked[last - 1] === marked[first] ? 1 : 0);
      // Somebody may have written the word itself further up.
      if (first > offset || end < offset) return undefined;
      if (meaning && !/[\n#]/.test(marked.slice(first, last)))
        found = { ...meaning, name, start: first + quote, end: Math.max(end, first + quote) };
      return visit.BREAK;
    },
  });
  return found;
}

/** Every name in the text, in order; empty for text that can't be read. */
export function namesIn(text: string): readonly NamedAt[] {
  if (isTooMuch(text)) return [];
  const lineCounter = new LineCounter();
  const found: NamedAt[] = [];
  visit(parseDocument(text, { lineCounter, uniqueKeys: false }), {
    Scalar(key, node, ancestors) {
      if (found.length >= MAX_NAMES) return visit.BREAK;
      if (typeof node.value !== 'string' || !node.range) return undefined;
      const meaning = meaningOf(pathOf(ancestors), key === 'key');
      if (!meaning) return undefined;
      const [start, end] = node.range;
      const { line, col } = lineCounter.linePos(start);
      found.push({ ...meaning, name: node.value, start, end, line, column: col });
      return undefined;
    },
  });
  return found;
}

function isTooMuch(text: string): boolean {
  try {
    refuseTooMuchYaml(text, WRITTEN_YAML);
    return false;
  } catch {
    return true;
  }
}

type Step = string | number;

/** The keys and places in lists that lead to a node; of a key, with the key itself. */
function pathOf(ancestors: readonly (Node | Pair | object)[]): readonly Step[] {
  return ancestors.flatMap((ancestor, index): Step[] => {
    if (isSeq(ancestor)) return [ancestor.items.indexOf(ancestors[index + 1])];
    return isPair(ancestor) && isScalar(ancestor.key) ? [String(ancestor.key.value)] : [];
  });
}

const GATE_NAMES: Readonly<Record<string, NameKind>> = {
  metric: 'metric',
  vs: 'stage',
  dataset: 'dataset',
  slice: 'slice',
};

/**
 * What a word names, by the path that leads to it. Where a list of keys is begun, the first of them still reads as a value: `models:` with a word below it.
 */
function meaningOf(
  path: readonly Step[],
  isKey: boolean,
): { readonly kind: NameKind; readonly model?: string; readonly stage?: string } | undefined {
  const [top, model, section, stage, place, key, ...deeper] = isKey ? path.slice(0, -1) : path;
  if (top !== 'models' || deeper.length > 0) return undefined;
  if (model === undefined) return { kind: 'model' };
  if (typeof model !== 'string') return undefined;
  if (section === 'higher-is-better' || section === 'lower-is-better')
    return !isKey && typeof stage === 'number' && place === undefined ? { kind: 'metric', model } : undefined;
  if (section !== 'gates') return undefined;
  if (stage === undefined) return { kind: 'stage', model };
  if (typeof stage !== 'string' || typeof place !== 'number' || key === undefined) return undefined;
  const kind = !isKey && Object.hasOwn(GATE_NAMES, key) ? GATE_NAMES[key] : undefined;
  return kind && { kind, model, stage };
}
