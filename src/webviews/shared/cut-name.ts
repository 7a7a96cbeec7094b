import { html, type TemplateResult } from 'lit';
import { charactersOf, isPlain, shortName } from '../../base/short-name.ts';

/** So many characters of its end stay in sight. */
const END = 8;
/** And of a tensor's: the number of its layer, and all that comes after it. */
export const END_OF_TENSOR = 36;
/** At an axis, of which many stand side by side. */
export const END_AT_AXIS = 6;
/** What is before them is long enough to end in dots where there is no room for all. */
const SHORTEST_START = 8;
/** Shorter ones have the room, or are told by their beginning. */
const SHORTEST_CUT = 14;
/** And these on two lines. */
const SHORTEST_CUT_ON_TWO_LINES = 32;
/** Signs that turn round where text is written from right to left: each other's picture is theirs. */
const TURNED: ReadonlyMap<string, string> = new Map([...'()[]{}<>'].map((sign, at) => [sign, ')(][}{><'.charAt(at)]));
/** What has a direction of its own, by the blocks of Unicode for scripts from right to left, and what turns round without a pair here. */
const DIRECTED =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\p{Bidi_Control}]|(?![()[\]{}<>])\p{Bidi_Mirrored}/u;

export interface CutOptions {
  /** What the tooltip says, if that is more than the name. */
  readonly title?: string;
  /** It has two lines, always or where the page is narrow, and its end one of its own below them. */
  readonly lines?: 'two' | 'two-if-narrow';
  /** Where it isn't broken between its words: what a control is called has no spaces there. */
  readonly isControl?: boolean;
  /** So many characters of its end stay in sight, or as many as there is room for. */
  readonly end?: number;
  /** Classes beside its own. */
  readonly look?: string;
}

/**
 * A name that loses its middle where there is no room for it: what begins alike differs at the end. Whoever listens or copies has it whole: the end
 * that is seen is drawn by the style sheet, and the text has it in letters without a size.
 */
export function cutName(
  name: string,
  { title = name, lines, isControl = false, end: longest = END, look = '' }: CutOptions = {},
): TemplateResult {
  const split = splitOf(name, lines === undefined ? SHORTEST_CUT : SHORTEST_CUT_ON_TWO_LINES, longest);
  const clamp = lines === undefined ? '' : lines === 'two' ? 'two-lines' : 'two-lines if-narrow';
  const shown = (text: string) => (lines === undefined || isControl ? text : breakable(text));
  if (!split) return html`<span class="ellipsis ${clamp} ${look}" dir="auto" title=${title}>${shown(name)}</span>`;
  const [start, end] = split;
  const drawn = end.replace(/^\s/, '\u00a0');
  return html`<span class="ellipsis cut-name ${lines === undefined ? '' : `cut-${lines}`} ${look}" dir="auto" title=${title} data-end=${backwards(drawn)}
    ><span class="ellipsis ${clamp}">${shown(start)}<span class="cut-end">${end}</span></span></span>`;
}

/** So many characters are seen of what a list of choices has chosen. */
const IN_CHOICE = 24;

/** A name in a list of choices, whose widths nobody can style; of `most` characters where it stands among other things. */
export function choiceName(name: string, most = IN_CHOICE): string {
  return shortName(name, most);
}

/** A name that is broken, where it has to be, between its words. */
export function breakable(name: string): TemplateResult {
  return html`${name.split(/(?<=[_./×])/).map((part, place) => (place === 0 ? part : html`<wbr />${part}`))}`;
}

/** From its last character on, an end can be broken between characters where there is no room for more of it. */
function backwards(end: string): string {
  const characters = [...charactersOf(end)].reverse();
  return characters.map((character) => TURNED.get(character) ?? character).join('');
}

/** Between characters as people see them; not where the end is written from right to left: such a name ends in dots. */
function splitOf(name: string, shortest: number, longest: number): readonly [start: string, end: string] | undefined {
  if (name.length < shortest) return undefined;
  const endOf = (length: number) => Math.min(longest, Math.max(END, length - SHORTEST_START));
  const characters = charactersOf(name);
  if (characters.length <= END) return undefined;
  // Letters of other scripts are up to twice as wide.
  const length = Math.ceil(endOf(characters.length) / (isPlain(name) ? 1 : 2));
  const end = characters.slice(-length).join('');
  return DIRECTED.test(end) ? undefined : [characters.slice(0, -length).join(''), end];
}
