/** A language, and its texts by the English ones. */
export interface Language {
  /** `de`, `pt-br`: a tag that `Intl` understands. */
  readonly tag: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** The names in a text's braces: of `{model} is in {stage}` they are `model` and `stage`. */
type NameIn<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | NameIn<Rest> : never;

/** A value for each name in the text's braces; nothing for a text that has none. */
type ValuesOf<T extends string, V> = [NameIn<T>] extends [never] ? [] : [values: Readonly<Record<NameIn<T>, V>>];

/** The same, of which `count` is there already. */
type ValuesBesideCount<T extends string, V> = [Exclude<NameIn<T>, 'count'>] extends [never]
  ? []
  : [values: Readonly<Record<Exclude<NameIn<T>, 'count'>, V>>];

const english: Language = { tag: 'en', texts: {} };
let spoken = english;

/** From now on texts are in this language; in English again without one. Each program and each thread begins with English. */
export function speak(language: Language | undefined): void {
  spoken = language ?? english;
}

/** The language that texts are in. */
export function spokenLanguage(): Language {
  return spoken;
}

/**
 * A text in the language of the person. The English one is its key, so it stands here as a literal (`npm run l10n` collects them), is a whole sentence or
 * label, and has `{names}` where values go.
 */
export function t<const T extends string>(text: T, ...[values]: ValuesOf<T, string | number>): string {
  return filled<string | number>(translated(text), values).join('');
}

/** The same where values are parts of a page, such as links: the pieces in the order that the language has them in. */
export function tParts<const T extends string, V>(text: T, ...[values]: ValuesOf<T, V>): readonly (string | V)[] {
  return filled<V>(translated(text), values);
}

/** The text for one, or for another number than one; `{count}` in it is the number as the language writes it. */
export function tCount<const One extends string, const Many extends string>(
  count: number,
  one: One,
  many: Many,
  ...[values]: ValuesBesideCount<One | Many, string | number>
): string {
  return filled<string | number>(translated(count === 1 ? one : many), { ...values, count: formatNumber(count) }).join(
    '',
  );
}

/** The same where values are parts of a page. */
export function tCountParts<const One extends string, const Many extends string, V>(
  count: number,
  one: One,
  many: Many,
  ...[values]: ValuesBesideCount<One | Many, V>
): readonly (string | V)[] {
  return filled<string | V>(translated(count === 1 ? one : many), { ...values, count: formatNumber(count) });
}

/** `1,204`, as the language writes it. */
export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return value.toLocaleString(numberLocale(), options);
}

/** What `Intl` writes numbers by. */
export function numberLocale(): string {
  return spoken === english ? 'en-US' : spoken.tag;
}

/** What `Intl` writes dates by: the day before the month in English. */
export function dateLocale(): string {
  return spoken === english ? 'en-GB' : spoken.tag;
}

function translated(text: string): string {
  return Object.hasOwn(spoken.texts, text) ? (spoken.texts[text] ?? text) : text;
}

function filled<V>(text: string, values: Readonly<Record<string, V>> = {}): readonly (string | V)[] {
  return text.split(/\{([a-z]\w*)\}/i).flatMap((piece, place) => {
    if (place % 2 === 0) return piece === '' ? [] : [piece];
    const value = Object.hasOwn(values, piece) ? values[piece] : undefined;
    return [value === undefined ? `{${piece}}` : value];
  });
}
