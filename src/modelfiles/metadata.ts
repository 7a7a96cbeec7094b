const MAX_KEYS = 1000;
const MAX_LENGTH = 2000;

/** Text that may be of any length, cut to what a person reads. */
export function shortened(text: string, max = MAX_LENGTH): string {
  return text.length > max ? `${text.slice(0, max)}… (${text.length} characters)` : text;
}

/**
 * What files carry in their own words, as plain data: at most 1000 entries, long ones shortened. A name such as `__proto__` is a name
 * like any other.
 */
export function metadataOf(entries: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  const kept: (readonly [string, string])[] = [];
  for (const [name, value] of entries) {
    if (kept.length === MAX_KEYS) break;
    kept.push([shortened(name, 200), shortened(value)]);
  }
  return Object.fromEntries(kept);
}
