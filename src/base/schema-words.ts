import type * as v from 'valibot';

const EXPECTED: Readonly<Record<string, string>> = {
  Object: 'names with values',
  Array: 'a list',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
};
const MAX_QUOTED = 60;

/** What is wrong with a value that somebody wrote, to stand behind its name: the schema's own words where it has any. */
export function issueText(issue: v.BaseIssue<unknown>): string {
  if (!/^Invalid /.test(issue.message)) return issue.message;
  if (issue.kind === 'schema') return `must be ${expectedText(issue.expected ?? '')}, but it is ${kindOf(issue.input)}`;
  const limit = String(issue.requirement);
  const parts = typeof issue.input === 'string' ? 'characters' : 'entries';
  switch (issue.type) {
    case 'max_length':
      return `has more than ${limit} ${parts}`;
    case 'min_length':
      return issue.requirement === 1 ? 'is empty' : `has fewer than ${limit} ${parts}`;
    case 'max_value':
      return `is more than ${limit}`;
    case 'min_value':
      return `is less than ${limit}`;
    case 'safe_integer':
      return 'must be a whole number';
    case 'finite':
      return 'must be a number that isn’t endless';
    default:
      return `can't be ${kindOf(issue.input)}`;
  }
}

/** What a schema expects, as people say it: `("allowed" | "never")` is "allowed" or "never". */
export function expectedText(expected: string): string {
  return EXPECTED[expected] ?? expected.replace(/^\(|\)$/g, '').replaceAll(' | ', ' or ');
}

/** What a value is, as people say it; a text in quotes. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'names with values';
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** In quotes, and shortened where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}
