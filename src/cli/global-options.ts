const PLAIN: ReadonlySet<string> = new Set(['--json', '--offline']);
const WITH_VALUE: ReadonlySet<string> = new Set(['-C', '--registry']);
/** Commands that are followed by another program's command line, with those of their own options that take a value. */
const PASSING_ON: ReadonlyMap<string, ReadonlySet<string>> = new Map([['run', new Set(['--model'])]]);

/**
 * The same command line with the options that every command has before the command: they may stand behind it as well, and commands that
 * pass options on to other programs need them told apart. What follows `--` stays, and so does all from the first word of another
 * program on.
 */
export function globalOptionsFirst(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const globals: string[] = [];
  const rest: string[] = [];
  let passingOn: ReadonlySet<string> | undefined;
  let place = 0;
  for (; place < own.length; place += 1) {
    const word = own[place] ?? '';
    const value = own[place + 1];
    if (PLAIN.has(word) || word.startsWith('--registry=')) globals.push(word);
    else if (WITH_VALUE.has(word) && value !== undefined) {
      globals.push(word, value);
      place += 1;
    } else if (passingOn?.has(word) && value !== undefined) {
      rest.push(word, value);
      place += 1;
    } else {
      if (passingOn && !word.startsWith('-')) break;
      rest.push(word);
      if (rest.length === 1) passingOn = PASSING_ON.get(word);
    }
  }
  return [...globals, ...rest, ...argv.slice(place)];
}
