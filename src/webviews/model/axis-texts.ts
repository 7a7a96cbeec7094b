import { beginningOf } from '../../base/short-name.ts';

const LONGEST_TEXT = 14;

/** The texts of an axis, each with so much of it as has room. What all of them begin with goes where they would look alike without their ends. */
export function axisTexts(texts: readonly string[]): readonly string[] {
  const short = texts.map(shortText);
  if (new Set(short).size === new Set(texts).size) return short;
  const shared = sharedBeginning(texts);
  return shared === 0 ? short : texts.map((text) => shortText(`…${text.slice(shared)}`));
}

function shortText(text: string): string {
  return beginningOf(text, LONGEST_TEXT);
}

/** Up to where all texts are the same; whole words, where they share some. */
function sharedBeginning([first = '', ...others]: readonly string[]): number {
  let length = first.length;
  for (const text of others) {
    length = Math.min(length, text.length);
    while (first.slice(0, length) !== text.slice(0, length)) length -= 1;
  }
  const words = first.slice(0, length).search(/[\s/_.,:-][^\s/_.,:-]*$/);
  return words < 0 ? length : words + 1;
}
