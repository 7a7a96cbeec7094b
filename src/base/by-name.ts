/** Made when the first two names are compared: the rules of a language take a moment to load. */
let collator: Intl.Collator | undefined;

/**
 * The order of names that people read: numbers in them keep theirs, `recall@5` before `recall@10`. Always the same whatever the language. What is written
 * into a log, a file or a digest has the order of its characters instead.
 */
export function byName(a: string, b: string): number {
  if (a === b) return 0;
  collator ??= new Intl.Collator('en', { numeric: true });
  // Names that a collator takes for the same still have one order.
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

/** Names in which no number has two digits are in order by their characters, too. */
export function orderOf(names: readonly string[]): (a: string, b: string) => number {
  return names.some((name) => /\d\d/.test(name)) ? byName : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}
