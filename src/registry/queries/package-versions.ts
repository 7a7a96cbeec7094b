import { compare, valid } from '@renovatebot/pep440';

/** Which way a package went, by the order of Python's versions (PEP 440); `changed` where one of them isn't such a version. */
export function packageDirection(before: string, after: string): 'upgraded' | 'downgraded' | 'changed' {
  if (valid(before) === null || valid(after) === null) return 'changed';
  const order = compare(before, after);
  if (order === 0) return 'changed';
  return order < 0 ? 'upgraded' : 'downgraded';
}
