const PLAIN = /^[ -~]*$/;
/** In letters of the language: a family of four has eleven. */
const LONGEST_CHARACTER = 64;
/** Made when it is needed: most names are plain. */
let segmenter: Intl.Segmenter | undefined;

/** Whether it has nothing but ASCII letters, signs and spaces, each of them a character. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** A text as the characters that people see, of which some are many letters. */
export function charactersOf(text: string): readonly string[] {
  if (isPlain(text)) return text.split('');
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** A name with the middle left out where it has more than `most` characters: names that begin alike differ at their ends. */
export function shortName(name: string, most: number): string {
  if (name.length <= most) return name;
  const characters = charactersOf(name);
  if (characters.length <= most) return name;
  const end = Math.floor(most / 3);
  return `${characters.slice(0, most - end - 1).join('')}…${characters.slice(-end).join('')}`;
}

/** The beginning of a text that has more than `most` letters, which ends between the characters that people see, and says that there is more. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  let start = '';
  for (const character of charactersOf(text.slice(0, most + LONGEST_CHARACTER))) {
    if (start.length + character.length >= most) break;
    start += character;
  }
  return `${start.trimEnd()}…`;
}
