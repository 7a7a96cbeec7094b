import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { parseSync } from 'oxc-parser';
import { canBeFoundAgain } from '../../src/base/retold.ts';
import {
  childrenOf,
  type FoundText,
  importsFromLanguage,
  isLogged,
  isNode,
  isNoText,
  isSkipped,
  type Node,
  nodesOf,
  readsAsEnglish,
} from './texts.ts';

const root = resolve(import.meta.dirname, '../..');

/** The most texts that one template with conditions in it is written out as. */
const MOST_VARIANTS = 16;

/** Speak themselves (`base/language.ts`), or stay English: the command line, language models, and what is written into files. */
const ENGLISH = [
  'src/agents/',
  'src/cli/',
  'src/extension/',
  'src/webviews/',
  'src/project/add-model.ts',
  'src/project/json-schema.ts',
  'src/registry/card/',
];

/** Queries, settings of SQLite, lines of programs, and patterns. */
const NO_TEXT =
  /\b(SELECT|WHERE|INSERT|UPDATE \w+ SET|CREATE TABLE|DELETE FROM|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|COMMIT;|JOIN|UNION|EXISTS|IS (NOT )?\{?\w*\}?NULL|AND|IN|ORDER BY|DESC|INDEXED BY|LIMIT) |\bAND\b| = \?|[=<]\? ?\d|^\w+ \([\w ,{}]+\)$|(^|, )\w+\.\w+, |\w+_\w+, \w+|^(import|from|with|for|def|return|pip|mlflow|inputs|signatures|#) |model-registry pull|_read_dict|^\s*r?"""|\[A-Z|\\d|\{\d+|BEGIN SSH|END SSH|while read|https:\/\/git-lfs|^SQLite format/;

/** What reads as English and is a name, a form or a place in a file. */
const NAMES = [
  'Application Support',
  'Core ML',
  'Hugging Face',
  'Hugging Face Trainer',
  'ONNX Runtime',
  'PEFT adapter',
  'Pickle, joblib',
  'PyTorch Lightning',
  'PyTorch, TorchScript',
  'Sentence Transformers',
  'Storage Blob Data Contributor',
  'Storage Blob Data Reader',
  'TensorFlow Lite',
  'TensorFlow SavedModel',
  'UUID SafeUUID',
  'ContainerMetadata Metadata',
  'Parameter Buffer UninitializedParameter',
  'tzutc tzlocal',
  'intents i',
  'policy IS NULL',
  'policy IS NOT NULL',
  'v.deleted_seq IS NULL',
  'model-registry predictions 1',
  '# {name}=={version}: by conda, no Python package',
  '{prefix}link-{pid}',
  '{prefix}mark-{value}',
  '{path}Data/',
  '{path}Data/{item}',
  '{root}data/',
  '{root}code/',
  '{root}version',
  '{root}byteorder',
  '{root}data/{key}',
  '{root}tensors/{key}',
  'base {name}',
  'code {commit}',
  'data {path} {name}',
  'data more',
  'environment {digest}',
  'more {id}',
  'python {values} → {values2}',
  'gates of {stage}',
  'OrderedDict defaultdict deque',
  'ndarray dtype matrix {value}',
  'opset {domain}',
  'Windows {kernel}',
  '{name} (Linux {kernel})',
  'model = PeftModel.from_pretrained(base, {folder})',
  'Python {python}',
  'i.seq DESC, i.position DESC',
  's.seq DESC, s.position DESC',
];

/** The texts of the core that people read, each with the names of its values in braces: the keys of `core.l10n.*.json`. */
export function coreTexts(): readonly FoundText[] {
  return readdirSync(join(root, 'src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !ENGLISH.some((part) => file.startsWith(part)))
    .sort()
    .flatMap((file) => coreTextsIn(file, readFileSync(join(root, file), 'utf8')));
}

/** Of one source. Where a template has a condition in it, each of the texts that it can become is one. */
export function coreTextsIn(file: string, source: string): readonly FoundText[] {
  const found: FoundText[] = [];
  const { program } = parseSync(file, source);
  const constants = constantsIn(program as unknown as Node);
  const imported = importsFromLanguage(program as unknown as Node);
  const visit = (node: Node, path: readonly Node[]): void => {
    if (isSkipped(node) || isLogged(node) || isDescription(node) || imported.has(calleeOf(node))) return;
    if (isTextual(node) && !isNoText(node, path)) {
      const texts = variantsOf(node, constants).map((pieces) => keyOf(pieces, source));
      const line = source.slice(0, node.start).split('\n').length;
      for (const text of texts.filter((text) => reads(text) || isStep(path))) found.push({ file, line, text });
      for (const inner of valuesIn(node)) visit(inner, [...path, node]);
      return;
    }
    for (const child of childrenOf(node)) visit(child, [...path, node]);
  };
  visit(program as unknown as Node, []);
  return found;
}

type Piece = string | Node;

/** Does it read as English, with more in it than its values? */
function reads(text: string): boolean {
  const bare = text.replace(/\{[a-z]\w*\}/gi, '{}');
  return (
    readsAsEnglish(bare) &&
    canBeFoundAgain(text) &&
    !NO_TEXT.test(text) &&
    !/^[A-Z]\w*$/.test(text) &&
    !isListOfNames(text) &&
    !NAMES.includes(text)
  );
}

/** What progress says is under way. */
function isStep(path: readonly Node[]): boolean {
  const parent = path.at(-1);
  return parent?.type === 'Property' && isNode(parent.key) && parent.key.name === 'step';
}

/** Names of modules and the like, to be split at the spaces. */
function isListOfNames(text: string): boolean {
  const words = text.split(/\s+/);
  const names = words.filter((word) => /[_\d]|\w\.\w|[a-z][A-Z]/.test(word)).length;
  const isSentence =
    /\b(an?|the|is|of|in|to|and|or|it|that|not?|was|for|are|by|with|can|has|be|on|at|more|than)\b/.test(text);
  return names > words.length / 2 || (words.length > 5 && !isSentence);
}

/** Texts of the schema of the project file, which the editor shows from a file. */
function isDescription(node: Node): boolean {
  return /^(described|description)$/.test(calleeOf(node));
}

function calleeOf({ type, callee }: Node): string {
  if (type !== 'CallExpression' || !isNode(callee)) return '';
  return String(callee.type === 'MemberExpression' ? Reflect.get(Object(callee.property), 'name') : callee.name);
}

interface Constant {
  readonly text: Node;
  readonly scope: Node;
}

/** Constants of functions that are texts with a condition, by their names: a template that has one of them becomes several texts. */
function constantsIn(program: Node): ReadonlyMap<string, readonly Constant[]> {
  const found = new Map<string, Constant[]>();
  const visit = (node: Node, scope: Node): void => {
    if (node.type === 'VariableDeclarator' && isNode(node.id) && node.id.type === 'Identifier' && isNode(node.init)) {
      const name = String(node.id.name);
      if (node.init.type === 'ConditionalExpression' && isTextual(node.init) && scope.type !== 'Program')
        found.set(name, [...(found.get(name) ?? []), { text: node.init, scope }]);
    }
    const inner = /^(BlockStatement|Program|SwitchStatement)$/.test(node.type) ? node : scope;
    for (const child of childrenOf(node)) visit(child, inner);
  };
  visit(program, program);
  return found;
}

type Constants = ReadonlyMap<string, readonly Constant[]>;

function constantAt(node: Node, constants: Constants): Node | undefined {
  if (node.type !== 'Identifier') return undefined;
  const known = constants.get(String(node.name)) ?? [];
  return known.findLast(({ scope }) => scope.start <= node.start && node.end <= scope.end)?.text;
}

function isTextual(node: Node): boolean {
  if (node.type === 'Literal') return typeof node.value === 'string';
  if (node.type === 'ConditionalExpression') return [node.consequent, node.alternate].some(isTextualNode);
  if (node.type === 'BinaryExpression')
    return node.operator === '+' && [node.left, node.right].some((side) => isTextualNode(side));
  return node.type === 'TemplateLiteral';
}

function isTextualNode(value: unknown): value is Node {
  return isNode(value) && isTextual(value);
}

/** The texts that an expression can become, each in pieces: what stands there, and the expressions of values. */
function variantsOf(node: Node, constants: Constants): readonly (readonly Piece[])[] {
  const constant = constantAt(node, constants);
  if (constant) return variantsOf(constant, constants);
  if (!isTextual(node)) return [[node]];
  switch (node.type) {
    case 'Literal':
      return [[String(node.value)]];
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].filter(isNode).flatMap((branch) => variantsOf(branch, constants));
    case 'BinaryExpression':
      return product([node.left, node.right].filter(isNode).map((side) => variantsOf(side, constants)));
    default: {
      const texts = nodesOf(node.quasis).map(({ value }) => String(Reflect.get(Object(value), 'cooked')));
      const expressions = nodesOf(node.expressions);
      return product(
        texts.flatMap((text, place) => {
          const expression = expressions[place];
          return expression === undefined ? [[[text]]] : [[[text]], variantsOf(expression, constants)];
        }),
      );
    }
  }
}

function product(parts: readonly (readonly (readonly Piece[])[])[]): readonly (readonly Piece[])[] {
  return parts.reduce<readonly (readonly Piece[])[]>(
    (before, next) => {
      const all = before.flatMap((pieces) => next.map((more) => [...pieces, ...more]));
      if (all.length > MOST_VARIANTS) throw new Error('A text has too many conditions in it: make it several.');
      return all;
    },
    [[]],
  );
}

/** `The path {path} {value}.` */
function keyOf(pieces: readonly Piece[], source: string): string {
  const names = new Map<string, string>();
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const written = source.slice(piece.start, piece.end);
      const known = names.get(written);
      if (known !== undefined) return `{${known}}`;
      const plain = nameOfValue(piece);
      const taken = new Set(names.values());
      let name = plain;
      for (let count = 2; taken.has(name); count += 1) name = `${plain}${count}`;
      names.set(written, name);
      return `{${name}}`;
    })
    .join('');
}

/** What translators see for a value: the last name in its expression. */
function nameOfValue(node: Node): string {
  const named = (value: unknown): string | undefined => {
    if (!isNode(value)) return undefined;
    if (value.type === 'Identifier') return String(value.name);
    if (value.type === 'MemberExpression') return value.computed === true ? named(value.object) : named(value.property);
    if (value.type === 'CallExpression') {
      const callee = value.callee;
      return (
        nodesOf(value.arguments)
          .map(named)
          .find((name) => name !== undefined) ??
        named(isNode(callee) && callee.type === 'MemberExpression' ? callee.object : callee)
      );
    }
    if (value.type === 'BinaryExpression' || value.type === 'LogicalExpression') return named(value.left);
    return undefined;
  };
  const name = named(node);
  return name !== undefined && /^[a-z]\w*$/.test(name) ? name : 'value';
}

/** The expressions within that aren't texts themselves, conditions among them. */
function valuesIn(node: Node): readonly Node[] {
  const within = (child: Node): readonly Node[] => (isTextual(child) ? valuesIn(child) : [child]);
  if (node.type === 'ConditionalExpression')
    return [node.test, node.consequent, node.alternate]
      .filter(isNode)
      .flatMap((part, place) => (place === 0 ? [part] : within(part)));
  if (node.type === 'BinaryExpression') return [node.left, node.right].filter(isNode).flatMap(within);
  return nodesOf(node.expressions).flatMap(within);
}
