import { type CST, Lexer, Parser, parse, type ScalarTag, type Tags } from 'yaml';
import { yamlProblem } from './yaml-problem.ts';

export interface YamlLimits {
  readonly maxCharacters: number;
  /** Words, colons, spaces, line ends: some eight a line. */
  readonly maxParts: number;
  /** `.inf` becomes the word `Infinity`, so that an endless number is one that is too large. */
  readonly hasEndlessWords?: boolean;
}

/** What people write by hand: projects, policies, descriptions of models. */
export const WRITTEN_YAML: YamlLimits = { maxCharacters: 1024 * 1024, maxParts: 60_000 };
/** What programs write: a lock file has ten lines for each file of a pipeline. */
export const RECORDED_YAML: YamlLimits = { maxCharacters: 1024 * 1024, maxParts: 300_000, hasEndlessWords: true };

const MAX_DEPTH = 20;
/** Keys that are marked as such may be whole documents, and take the parser longest. */
const MAX_MARKED_KEYS = 20;
const MAX_ANCHORS = 500;
/** How much aliases may multiply what they stand for. */
export const MAX_ALIAS_COUNT = 50;

/** Throws for YAML that may keep the parser busy for minutes: what lies deep, or is too much. Says which, for a person. */
export function refuseTooMuchYaml(text: string, limits: YamlLimits): void {
  const tooMuch = whatIsTooMuch(text, limits);
  if (tooMuch !== undefined) throw new Error(tooMuch);
}

/**
 * The value of YAML that others wrote: no tags of other kinds, few aliases, no more than the limits. Of equal keys the last counts.
 * Throws with one line for a person; with `isLenient`, not for what is merely unusual.
 */
export function parseBoundedYaml(text: string, options: YamlLimits & { readonly isLenient?: boolean }): unknown {
  refuseTooMuchYaml(text, options);
  try {
    const logLevel = options.isLenient ? 'silent' : 'error';
    const tags = options.hasEndlessWords ? { customTags: withEndlessWords } : {};
    return parse(text, { schema: 'core', maxAliasCount: MAX_ALIAS_COUNT, logLevel, uniqueKeys: false, ...tags });
  } catch (error) {
    throw new Error(yamlProblem(error), { cause: error });
  }
}

function withEndlessWords(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === 'string' || !('test' in tag) || !tag.test?.test('.inf')) return tag;
    const { resolve } = tag;
    const worded: ScalarTag['resolve'] = (text, onError, options) =>
      /inf/i.test(text) ? endlessWord(text) : resolve(text, onError, options);
    return { ...tag, resolve: worded };
  });
}

function endlessWord(text: string): string {
  return text.startsWith('-') ? '-Infinity' : 'Infinity';
}

/** Looks at the text without making values of it, as far as is needed to know. */
function whatIsTooMuch(text: string, { maxCharacters, maxParts }: YamlLimits): string | undefined {
  if (text.length > maxCharacters) return `it is more than ${maxCharacters} characters long`;
  const counts = { lexemes: 0, markedKeys: 0, anchors: 0, brackets: 0 };
  for (const lexeme of new Lexer().lex(text)) {
    counts.lexemes += 1;
    if (lexeme === '?') counts.markedKeys += 1;
    else if (lexeme === '[' || lexeme === '{') counts.brackets += 1;
    else if (lexeme === ']' || lexeme === '}') counts.brackets -= 1;
    else if (lexeme.startsWith('&')) counts.anchors += 1;
    if (counts.brackets > MAX_DEPTH) return `it is more than ${MAX_DEPTH} levels deep`;
    if (counts.lexemes > maxParts || counts.markedKeys > MAX_MARKED_KEYS || counts.anchors > MAX_ANCHORS)
      return 'it has more parts than are read';
  }
  for (const document of new Parser().parse(text)) {
    const waiting: { readonly token: CST.Token; readonly depth: number }[] = [{ token: document, depth: 0 }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { token, depth } = next;
      if (depth > MAX_DEPTH) return `it is more than ${MAX_DEPTH} levels deep`;
      for (const child of childrenOf(token)) waiting.push({ token: child, depth: depth + 1 });
    }
  }
  return undefined;
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [...(key ? [key] : []), ...(value ? [value] : [])]);
}
