const PLAIN = /^[ -~]*$/;
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
