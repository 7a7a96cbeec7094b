/**
 * A command as a program and its arguments: words between spaces, quotes around those that have some. There is no shell, so that nothing in
 * it is a variable, a pattern, a pipe, or a second command. Empty where it names no program or has a quote without its end.
 */
export function splitCommand(command: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (const letter of command) {
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else word = `${word ?? ''}${letter}`;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ''}${letter}`;
  }
  if (word !== undefined) words.push(word);
  return quote !== undefined || words[0] === '' ? [] : words;
}
