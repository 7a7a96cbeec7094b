/** Texts that begin alike for longer than this may differ below what is shown of them. */
const LONG_BEGINNING = 60;
/** So much of what is alike stays before what differs. */
const KEPT = 24;

const invisible = /[\p{Cf}\p{Cc}\u00a0\u2000-\u200a\u202f\u3000]/gu;

/** Texts side by side, each cut so that what differs is seen; and where nothing of it can be seen, with names for what can't. */
export function whereTheyDiffer(texts: readonly (string | null)[]): readonly (string | null)[] {
  const known = texts.filter((text) => text !== null);
  if (new Set(known).size < 2) return texts;
  const looks = new Set(known.map((text) => text.replace(invisible, ' ').replace(/\s+/g, ' ').trim()));
  if (looks.size < new Set(known).size) return texts.map((text) => text && named(text));
  const alike = commonBeginning(known);
  if (alike < LONG_BEGINNING) return texts;
  return texts.map((text) => text && `… ${text.slice(alike - KEPT)}`);
}

function commonBeginning(texts: readonly string[]): number {
  const [first = '', ...others] = texts;
  let length = 0;
  while (length < first.length && others.every((text) => text[length] === first[length])) length += 1;
  return length;
}

function named(text: string): string {
  return text
    .replace(/^ +| +$| {2,}/g, (spaces) => '␣'.repeat(spaces.length))
    .replace(/\r?\n/g, (line) => (line.length > 1 ? '␍␊' : '␊'))
    .replace(invisible, (mark) => `⟨U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}
