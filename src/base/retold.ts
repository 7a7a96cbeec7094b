import { messageOf } from './errors.ts';
import { dateLocale, formatNumber } from './language.ts';

/** Texts of the core by the English ones, each with `{names}` where values go. */
type CoreTexts = Readonly<Record<string, string>>;

interface Template {
  /** What stands before, between and after the values. */
  readonly fixed: readonly string[];
  readonly names: readonly string[];
  readonly text: string;
}

const MOST_LETTERS = 20_000;
const MOST_SENTENCES = 12;
const MOST_REMEMBERED = 500;
const MOST_LEVELS = 5;
/** More than one sentence or thing: a value that is, has most often swallowed what stands behind it. */
const SENTENCES = /[.!?;] \S/;
/** As the log writes times. */
const TIMES = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z/g;
const NAMES = /\{([a-z]\w*)\}/gi;

let read: (() => CoreTexts) | undefined;
let retell: ((text: string) => string) | undefined;

/** From now on `told` has these texts, which are read when the first of them is wanted; English again without them. */
export function tellWith(texts: (() => CoreTexts) | undefined): void {
  read = texts;
  retell = undefined;
}

/**
 * What the core says (an error, what a gate found, what isn't known of a version) in the language of the person: its English text is found again among the
 * templates by its fixed words, and the values go into the other. What isn't found stays English.
 */
export function told(english: string): string {
  if (read === undefined) return english;
  retell ??= retelling(read());
  return retell(english);
}

/** Has the person another language than English? */
export function isTold(): boolean {
  return read !== undefined;
}

/** The message of anything that was thrown, as `told` tells it, with its times in the person's own time zone. */
export function toldOf(error: unknown): string {
  return told(messageOf(error)).replace(TIMES, (text) => {
    const time = new Date(text);
    if (Number.isNaN(time.getTime())) return text;
    return time.toLocaleString(dateLocale(), { dateStyle: 'medium', timeStyle: 'short' });
  });
}

export function toldIfAny(english: string | undefined): string | undefined {
  return english === undefined ? undefined : told(english);
}

/** Has a template enough fixed words for its texts to be told from others by them? */
export function canBeFoundAgain(template: string): boolean {
  const letters = template.replace(NAMES, '').replace(/\P{L}/gu, '').length;
  return letters >= 4;
}

/** A function that tells English texts anew with `texts`. */
export function retelling(texts: CoreTexts): (english: string) => string {
  const whole = new Map<string, string>();
  const templates: Template[] = [];
  for (const [key, text] of Object.entries(texts)) {
    const fixed = key.split(NAMES).filter((_, place) => place % 2 === 0);
    if (fixed.length === 1) whole.set(key, text);
    else templates.push({ fixed, names: [...key.matchAll(NAMES)].map(([, name]) => name ?? ''), text });
  }
  // The one with the most fixed text says most precisely what a text is.
  templates.sort((one, other) => lengthOf(other) - lengthOf(one));
  const remembered = new Map<string, string | undefined>();

  const found = (english: string, level: number): string | undefined => {
    const known = whole.get(english);
    if (known !== undefined || level > MOST_LEVELS) return known;
    return (
      byTemplate(english, level, (value) => !SENTENCES.test(value)) ??
      inParts(english, level) ??
      byTemplate(english, level, () => true)
    );
  };

  const byTemplate = (english: string, level: number, isValue: (value: string) => boolean): string | undefined => {
    for (const template of templates) {
      const values = valuesIn(english, template);
      if (values && [...values.values()].every(isValue))
        return filled(template, values, (value) => inside(value, level + 1));
    }
    return undefined;
  };

  /** Several sentences, or things in a list, of which each is a text. */
  const inParts = (english: string, level: number): string | undefined => {
    for (const separator of ['\n', '; ', ', ']) {
      const parts = english.split(separator);
      if (parts.length < 2 || parts.length > MOST_SENTENCES) continue;
      const others = parts.map((part) => found(part, level + 1));
      if (others.some((part) => part !== undefined))
        return others.map((part, place) => part ?? parts[place]).join(separator);
    }
    const sentences = english.split(/(?<=[.!?]) (?=\S)/);
    if (sentences.length < 2 || sentences.length > MOST_SENTENCES) return undefined;
    for (let count = sentences.length - 1; count > 0; count -= 1) {
      const first = found(sentences.slice(0, count).join(' '), level + 1);
      if (first !== undefined) return `${first} ${inside(sentences.slice(count).join(' '), level + 1)}`;
    }
    return undefined;
  };

  const inside = (value: string, level: number): string =>
    /\p{L}\S* |^ /u.test(value) || whole.has(value) ? (found(value, level) ?? value) : inUnits(value);

  return (english) => {
    if (english.length > MOST_LETTERS) return english;
    if (!remembered.has(english)) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(english, found(english, 0));
    }
    return remembered.get(english) ?? english;
  };
}

function lengthOf({ fixed }: Template): number {
  return fixed.reduce((length, part) => length + part.length, 0);
}

/** The values by their names, if the text can have been made from the template. */
function valuesIn(english: string, { fixed, names }: Template): ReadonlyMap<string, string> | undefined {
  const [first = ''] = fixed;
  const last = fixed.at(-1) ?? '';
  if (!english.startsWith(first) || !english.endsWith(last)) return undefined;
  const end = english.length - last.length;
  const values = new Map<string, string>();
  let from = first.length;
  for (const [place, name] of names.entries()) {
    const isLast = place === names.length - 1;
    const to = isLast ? end : english.indexOf(fixed[place + 1] ?? '', from);
    if (to < from || to > end) return undefined;
    const value = english.slice(from, to);
    const before = values.get(name);
    if (before !== undefined && before !== value) return undefined;
    values.set(name, value);
    from = to + (fixed[place + 1] ?? '').length;
  }
  return values;
}

function filled({ text }: Template, values: ReadonlyMap<string, string>, tell: (value: string) => string): string {
  return text.replace(NAMES, (braces, name: string) => {
    const value = values.get(name);
    return value === undefined ? braces : tell(value);
  });
}

/** `1.6 kB` and `2,000` as the language writes their numbers. */
function inUnits(value: string): string {
  // The core counts in English.
  if (/^\d{1,3}(,\d{3})+$/.test(value)) return formatNumber(Number(value.replaceAll(',', '')));
  const [, number, unit] = /^(\d+\.\d) ([kMGTP]B)$/.exec(value) ?? [];
  return number === undefined ? value : `${formatNumber(Number(number), { minimumFractionDigits: 1 })} ${unit}`;
}
