import { YAMLError } from 'yaml';
import { messageOf } from './errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  BAD_INDENT: "the indentation doesn't fit the lines around it",
  TAB_AS_INDENT: 'a tab stands where spaces belong; indent with spaces',
  DUPLICATE_KEY: 'this key stands here twice',
  MULTILINE_IMPLICIT_KEY: 'a key goes on over several lines, or a bracket is never closed',
  BLOCK_AS_IMPLICIT_KEY:
    'a key and its value stand where one value belongs; put the value in quotes, or on a line of its own',
  BLOCK_IN_FLOW: 'a bracket is never closed',
  BAD_SCALAR_START: 'a value begins with a character that means something in YAML; put it in quotes',
  BAD_DQ_ESCAPE: 'a backslash in double quotes means nothing here; use single quotes',
  MULTIPLE_DOCS: 'there are several documents in it; leave out the lines with ---',
  BAD_ALIAS: 'an anchor (&name) or alias (*name) has no name',
  TAG_RESOLVE_FAILED: 'it has a tag (!name), which means nothing here',
  RESOURCE_EXHAUSTION: 'it lies too deep',
};

/** What is wrong with text that should be YAML, in one line for a person; the parser's own sentence only where we have none. */
export function yamlProblem(error: unknown): string {
  if (error instanceof YAMLError && Object.hasOwn(WORDS, error.code)) return WORDS[error.code] ?? '';
  const text = (messageOf(error).split('\n')[0] ?? '').replace(/ at line .*$/, '');
  if (/alias count/i.test(text)) return 'its aliases (*name) multiply what they stand for beyond what is read';
  const alias = /^Unresolved alias.*: (.+)$/.exec(text)?.[1];
  if (alias !== undefined) return `*${alias} stands for nothing: there is no &${alias} above it`;
  return `it isn't YAML (${text})`;
}
