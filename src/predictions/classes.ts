/** Names of the class that is looked for, with those of the other. */
const POSITIVE: Readonly<Record<string, string>> = {
  '1': '0',
  true: 'false',
  yes: 'no',
  y: 'n',
  t: 'f',
  positive: 'negative',
  pos: 'neg',
};

/** One text for what is the same class: `1`, `1.0` and `+1`; `True` and `true`. */
export function classText(written: string): string {
  const text = written.trim();
  if (/^[+-]?\d+(?:\.0*)?$/.test(text)) return String(Number(text));
  return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : text;
}

/** The negative and the positive of two classes, or of one that is known by its name; says why they can't be told apart. */
export function binaryClasses(
  found: readonly string[],
  positive: string | undefined,
): { readonly classes: readonly [string, string] } | { readonly problem: string } {
  if (positive !== undefined) {
    const wanted = classText(positive);
    const other = found.find((name) => name !== wanted);
    if (found.length > 2 || (found.length === 2 && !found.includes(wanted)))
      return { problem: `has no class ${JSON.stringify(wanted)} beside one other, but ${shown(found)}` };
    return { classes: [other ?? POSITIVE[wanted] ?? `not ${wanted}`, wanted] };
  }
  const known = found.find((name) => Object.hasOwn(POSITIVE, name.toLowerCase()));
  if (known !== undefined && found.length <= 2) {
    const other = found.find((name) => name !== known) ?? POSITIVE[known.toLowerCase()] ?? '';
    return { classes: [other, known] };
  }
  const [only, ...others] = found;
  const counterpart = Object.entries(POSITIVE).find(([, negative]) => negative === only?.toLowerCase())?.[0];
  if (only !== undefined && others.length === 0 && counterpart !== undefined) return { classes: [only, counterpart] };
  return { problem: `has the classes ${shown(found)}: say which is the one that is looked for, with --positive NAME` };
}

/** Numbers by their size, texts by their letters. */
export function sortedClasses(found: readonly string[]): readonly string[] {
  const areNumbers = found.every((name) => name !== '' && Number.isFinite(Number(name)));
  return found.toSorted((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

function shown(found: readonly string[]): string {
  const names = found
    .slice(0, 5)
    .map((name) => JSON.stringify(name))
    .join(', ');
  return found.length > 5 ? `${names} and ${found.length - 5} more` : names;
}
