import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = resolve(import.meta.dirname, '../..');

/** Functions of `base/language.ts`, and how many of their arguments are texts, from which one on. */
const translators: Readonly<Record<string, readonly [from: number, to: number]>> = {
  t: [0, 1],
  tParts: [0, 1],
  tCount: [1, 3],
  tCountParts: [1, 3],
};

export interface FoundText {
  /** From the root of the repository, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface Texts {
  /** What is translated: the English texts that are keys. */
  readonly keys: readonly FoundText[];
  /** What can't be: no literal, or asked for before the language is known. */
  readonly problems: readonly FoundText[];
  /** What reads like English, and is shown as it is. */
  readonly bare: readonly FoundText[];
}

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** The texts in the sources, of one folder of `src` or of all. */
export function textsOf(folder = 'src'): Texts {
  const files = readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const found = files.map((file) => textsIn(file, readFileSync(join(root, file), 'utf8')));
  return {
    keys: found.flatMap(({ keys }) => keys),
    problems: found.flatMap(({ problems }) => problems),
    bare: found.flatMap(({ bare }) => bare),
  };
}

/** The texts in one source. */
export function textsIn(file: string, source: string): Texts {
  const keys: FoundText[] = [];
  const problems: FoundText[] = [];
  const bare: FoundText[] = [];
  const { program } = parseSync(file, source);
  const at = (node: Node, text: string): FoundText => ({
    file,
    line: source.slice(0, node.start).split('\n').length,
    text,
  });
  const imported = importsFromLanguage(program as unknown as Node);

  const visit = (node: Node, path: readonly Node[]): void => {
    if (isSkipped(node)) return;
    const range = node.type === 'CallExpression' ? translators[imported.get(nameOf(node.callee)) ?? ''] : undefined;
    if (range) {
      const args = nodesOf(node.arguments);
      for (const arg of args.slice(...range)) {
        const text = literalText(arg);
        if (text === undefined) problems.push(at(arg, `no literal: ${source.slice(arg.start, arg.end)}`));
        else keys.push(at(arg, text));
      }
      if (!path.some(({ type }) => /Function/.test(type)))
        problems.push(at(node, `before the language is known: ${source.slice(node.start, node.end)}`));
      for (const arg of [...args.slice(0, range[0]), ...args.slice(range[1])]) visit(arg, [...path, node]);
      return;
    }
    if (isLogged(node)) return;
    if (node.type === 'TaggedTemplateExpression') {
      const texts = /^(html|svg)$/.test(nameOf(node.tag)) ? shownInMarkup(node) : [];
      for (const text of texts) bare.push(at(node, text));
      for (const expression of nodesOf(field(node.quasi, 'expressions'))) visit(expression, [...path, node]);
      return;
    }
    const text = spelled(node);
    if (text !== undefined && readsAsEnglish(text) && !isNoText(node, path)) bare.push(at(node, text));
    for (const child of childrenOf(node)) visit(child, [...path, node]);
  };
  visit(program as unknown as Node, []);
  return { keys, problems, bare };
}

/** `local name → name in language.ts`. */
export function importsFromLanguage(program: Node): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const statement of nodesOf(program.body)) {
    if (statement.type !== 'ImportDeclaration') continue;
    if (!String(field(statement.source, 'value')).endsWith('/language.ts')) continue;
    for (const specifier of nodesOf(statement.specifiers))
      found.set(nameOf(specifier.local), nameOf(specifier.imported));
  }
  return found;
}

export function isSkipped({ type }: Node): boolean {
  return /^(Import|Export(All|Default)|TS(?!As|Satisfies|NonNull))/.test(type);
}

/** What goes into the log of the extension's output, and what is an address of something: not for translating. */
export function isLogged(node: Node): boolean {
  if (node.type !== 'CallExpression') return false;
  const callee = node.callee;
  if (nameOf(callee) === 'Symbol') return true;
  if (!isNode(callee) || callee.type !== 'MemberExpression') return false;
  return (
    /^(log|output|console)$/.test(lastNameOf(callee.object)) &&
    /^(info|warn|error|debug|trace)$/.test(nameOf(callee.property))
  );
}

/** Keys of objects, what is compared with, cases, and regular expressions. */
export function isNoText(node: Node, path: readonly Node[]): boolean {
  const parent = path.at(-1);
  if (!parent) return false;
  if (parent.type === 'Property' && parent.key === node) return true;
  if (parent.type === 'BinaryExpression' && /^[!=]==?$/.test(String(parent.operator))) return true;
  if (parent.type === 'SwitchCase') return true;
  if (parent.type === 'MemberExpression') return true;
  return false;
}

/** The text of a literal; of a template with `{}` for each value. */
function spelled(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  return nodesOf(node.quasis)
    .map((quasi) => String(field(quasi.value, 'cooked')))
    .join('{}');
}

function literalText(node: Node): string | undefined {
  if (node.type === 'TemplateLiteral' && nodesOf(node.expressions).length > 0) return undefined;
  return spelled(node);
}

/** Two words beside each other, or one with a capital letter; names of things in code aren't. */
export function readsAsEnglish(text: string): boolean {
  const words = text
    .replace(/\$\([\w~-]+\)/g, ' ')
    .replaceAll('{}', ' {} ')
    .trim();
  // Names in code, addresses and styles.
  if (
    /\{\} ?(px|%|min\b)|-gradient\(|^\w+[.:] ?\{\}|^[a-z]+ \{\}( \{\})?$|^color-mix|^\/\w|^[a-z]+\[[a-z-]+\],/.test(
      words,
    )
  )
    return false;
  if (/^[\w-]+(\.[\w-]+)+$|^[A-Z_\d]+$|^(vscode|https?|command|data|models):|^[-\w]+\/[-\w*./]+$/.test(words))
    return false;
  if (/^[A-Z][a-z]+…?$/.test(words)) return true;
  return /(^|[\s(“"])\p{L}[\p{L}’']+[,.:;]?[ \n]+(\{\}|\p{L}|\d|“|\()/u.test(words) || /\{\} +\p{L}{2,}/u.test(words);
}

const shownAttributes = /\s(?:title|aria-label|aria-description|placeholder|label|alt)=(?:"([^"]*)"|'([^']*)')/g;

/** The texts between the tags, and in attributes that are read. */
function shownInMarkup(node: Node): readonly string[] {
  const markup = nodesOf(field(node.quasi, 'quasis'))
    .map((quasi) => String(field(quasi.value, 'raw')))
    .join('\u0001');
  const inAttributes = [...markup.matchAll(shownAttributes)].map(([, one, other]) => one ?? other ?? '');
  const between = markup
    .replace(/<code[^>]*>[^<]*<\/code>/g, '\u0001')
    .split(/<[^>]*>/)
    .map((text) => text.replace(/\s+/g, ' ').trim());
  return [...inAttributes, ...between]
    .filter((text) => /\p{L}{2,}/u.test(text.replace(/&\w+;/g, '')))
    .map((text) => text.replaceAll('\u0001', '{}'));
}

export function childrenOf(node: Node): readonly Node[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'typeAnnotation' || key === 'typeArguments' || key === 'returnType') return [];
    return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
  });
}

export function nodesOf(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function nameOf(value: unknown): string {
  const name = field(value, 'name') ?? field(value, 'value');
  return typeof name === 'string' ? name : '';
}

/** Of `this.#options.log` it is `log`. */
function lastNameOf(value: unknown): string {
  return nameOf(field(value, 'property')) || nameOf(value);
}
