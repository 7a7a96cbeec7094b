let collator: Intl.Collator | undefined;

/** Orders texts as people do: `layer.2` before `layer.10`. The rules of the language are loaded when something is ordered first: that takes milliseconds. */
export function compareNaturally(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a, b);
}
