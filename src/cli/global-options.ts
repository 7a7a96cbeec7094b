const PLAIN: ReadonlySet<string> = new Set(['--json', '--offline']);
const WITH_VALUE: ReadonlySet<string> = new Set(['-C', '--registry']);
/** What follows these is another program's command line. */
const PASSING_ON: ReadonlySet<string> = new Set(['run']);

/**
 * The same command line with the options that every command has before the command: they may stand behind it as well, and commands that
 * pass options on to other programs need them told apart. What follows `--` stays.
 */
export function globalOptionsFirst(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const globals: string[] = [];
  const rest: string[] = [];
  for (let place = 0; place < own.length; place += 1) {
    const word = own[place] ?? '';
    const value = own[place + 1];
    if (PLAIN.has(word) || word.startsWith('--registry=')) globals.push(word);
    else if (WITH_VALUE.has(word) && value !== undefined) {
      globals.push(word, value);
      place += 1;
    } else {
      rest.push(word);
      if (rest.length === 1 && PASSING_ON.has(word)) return [...globals, ...argv.slice(place)];
    }
  }
  return [...globals, ...rest, ...argv.slice(own.length)];
}
