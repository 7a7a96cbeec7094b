import { type CST, Lexer, Parser, parse } from 'yaml';
import { messageOf } from '../../base/errors.ts';
import { invalidFile } from '../invalid.ts';

const MAX_CHARACTERS = 512 * 1024;
/** Words, colons, spaces, line ends: some eight a line. */
const MAX_LEXEMES = 60_000;
const MAX_DEPTH = 20;
/** Keys that are marked as such may be whole documents, and take the parser longest. */
const MAX_MARKED_KEYS = 20;
const MAX_ANCHORS = 500;

/**
 * YAML that others wrote: no tags of other kinds, few aliases, and no more of it nor deeper than a person's; what lies deep takes the
 * parser minutes. Of equal keys the last counts. Throws `MODEL_FILE_INVALID`.
 */
export function parseYaml(text: string, path: string): unknown {
  try {
    const tooMuch = whatIsTooMuch(text);
    if (tooMuch === undefined)
      return parse(text, { schema: 'core', maxAliasCount: 50, logLevel: 'silent', uniqueKeys: false });
    throw new Error(tooMuch);
  } catch (error) {
    throw invalidFile(path, `its YAML can’t be read (${messageOf(error).split('\n')[0]})`, error);
  }
}

/** Looks at the text without making values of it, as far as is needed to know. */
function whatIsTooMuch(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS) return `it is more than ${MAX_CHARACTERS} characters long`;
  const counts = { lexemes: 0, markedKeys: 0, anchors: 0, brackets: 0 };
  for (const lexeme of new Lexer().lex(text)) {
    counts.lexemes += 1;
    if (lexeme === '?') counts.markedKeys += 1;
    else if (lexeme === '[' || lexeme === '{') counts.brackets += 1;
    else if (lexeme === ']' || lexeme === '}') counts.brackets -= 1;
    else if (lexeme.startsWith('&')) counts.anchors += 1;
    if (counts.brackets > MAX_DEPTH) return `it is more than ${MAX_DEPTH} levels deep`;
    if (counts.lexemes > MAX_LEXEMES || counts.markedKeys > MAX_MARKED_KEYS || counts.anchors > MAX_ANCHORS)
      return 'it has more parts than describe a model';
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
