import { compare, valid } from '@renovatebot/pep440';

/** Which way a package went, by the order of Python's versions (PEP 440); `changed` where one of them isn't such a version. */
export function packageDirection(before: string, after: string): 'upgraded' | 'downgraded' | 'changed' {
  if (valid(before) === null || valid(after) === null) return 'changed';
  const order = compare(before, after);
  if (order === 0) return 'changed';
  return order < 0 ? 'upgraded' : 'downgraded';
}

/** The places of versions in their order, from 0; equal ones share theirs. Undefined for what isn't such a version. */
export function packageRanks(versions: readonly (string | undefined)[]): readonly (number | undefined)[] {
  const known = [...new Set(versions)].filter((version) => version !== undefined && valid(version) !== null);
  const inOrder = known.flatMap((version) => version ?? []).sort(compare);
  const ranks = new Map<string, number>();
  for (const [index, version] of inOrder.entries()) {
    const before = inOrder[index - 1];
    const isNext = before === undefined || compare(before, version) !== 0;
    ranks.set(version, before === undefined ? 0 : (ranks.get(before) ?? 0) + (isNext ? 1 : 0));
  }
  return versions.map((version) => (version === undefined ? undefined : ranks.get(version)));
}
