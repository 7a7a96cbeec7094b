import { RegistryError } from '../base/errors.ts';

/**
 * A command as a program and its arguments: words between spaces, quotes around those that have some. There is no shell, so that nothing in
 * it is a variable, a pattern, a pipe, or a second command. Throws `COMMAND_INVALID`.
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
  if (quote !== undefined) throw invalid(command, `has a quote ${quote} without its end`);
  if (word !== undefined) words.push(word);
  if (words.length === 0 || words[0] === '') throw invalid(command, 'names no program');
  return words;
}

function invalid(command: string, why: string): RegistryError {
  return new RegistryError(
    'COMMAND_INVALID',
    `The command of a gate, ${JSON.stringify(command)}, ${why}. Correct it in model-registry.yaml.`,
  );
}
