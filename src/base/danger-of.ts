/** What reading the files of a version found in them that could run code when they are loaded. */
export type Danger = 'dangerous' | 'unknown' | 'none-found';

/**
 * The verdict on a version's files; undefined where they weren't read, or not all of them. Of formats that hold nothing but data none is recorded:
 * they were read, and there was nothing to find.
 */
export function dangerOf(
  facts: { readonly danger?: Danger | undefined; readonly problems?: number | undefined } | undefined,
): Danger | undefined {
  return facts?.danger ?? (facts && !facts.problems ? 'none-found' : undefined);
}
