import { realpathSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import { isInside } from '../base/inside.ts';
import { splitPattern } from '../project/declared-paths.ts';
import { partsOf, wordsOf } from './run-commands.ts';

/** Files that a run left, and what names them. */
export interface WrittenOutputs {
  /** Absolute, as they really are. */
  readonly files: readonly string[];
  /** As the project file has them, relative to the workspace. */
  readonly declared: readonly string[];
}

/** A command line, and where it was typed. */
export interface TypedLine {
  readonly line: string | undefined;
  /** The folder of the workspace where it isn't known. */
  readonly cwd?: string | undefined;
}

/** What only a shell knows: variables, patterns, the home folder, what other commands print. */
const OF_SHELL = /[$`*?{}]|%\w+%|(?:^|[\s=])~/;
/** Options that name what is read. */
const READ_BY =
  /^-{1,2}(?:i|in|.*(?:input|from|resume|init|load|base|pretrained|teacher|source|src|eval|test|warm|prev|old).*)$/i;
/** Programs that read models. */
const READS =
  /(?:^|[._-])(?:eval|test|predict|infer|score|serve|plot|show|inspect|compare|explain|export|convert|bench|deploy|upload)/i;
/** What no plain path has, after the letter of a drive. */
const NO_PATH = /["'()[\];:|&!#]/;

/** A file or folder that a line may name, with the option before it. */
interface Named {
  /** Where it is by the folder of the command, and by that of the workspace. */
  readonly places: readonly string[];
  readonly text: string;
  readonly isRead: boolean;
}

/**
 * The place of the line that names one of the outputs, where all the others name other files of their kind and can't mean the output. Rather
 * none than a wrong one: what may be read, or is to be filled in by a shell, decides nothing.
 */
export function lineThatNames(
  root: string,
  { files, declared }: WrittenOutputs,
  lines: readonly TypedLine[],
): number | undefined {
  const outputs = [...files, ...namesOf(root, files, declared)];
  const isOutput = ({ places }: Named) => places.some((place) => outputs.some((file) => isSame(file, place)));
  const named = lines.map((line) => namedIn(root, line));
  const naming = named.flatMap((all, place) => (all?.some(isOutput) ? [place] : []));
  const [writer, another] = naming;
  const own = writer === undefined ? undefined : named[writer];
  if (writer === undefined || another !== undefined || !own || isReader(own, isOutput)) return undefined;
  const kinds = new Set(own.filter(isOutput).map(({ text }) => extname(text)));
  const isOfKind = ({ text }: Named) => extname(text) !== '' && kinds.has(extname(text));
  if (kinds.has('') || own.some((one) => isOfKind(one) && (one.isRead || !isOutput(one)))) return undefined;
  const mayMean = ({ places, text }: Named) =>
    places.some((place) => outputs.some((file) => isInside(place, file))) ||
    // An address, or a piece of a program: whether it is the output can't be told.
    (NO_PATH.test(text.slice(2)) && outputs.some((file) => text.includes(basename(file))));
  const areOthersElsewhere = named.every(
    (all, place) => place === writer || (all?.some(isOfKind) && !all.some(mayMean)),
  );
  return areOthersElsewhere ? writer : undefined;
}

/** What else the outputs are called: from the workspace as it was opened, and in the folders that are declared. */
function namesOf(root: string, files: readonly string[], declared: readonly string[]): readonly string[] {
  const real = realPathOf(root);
  const bases = declared.map(splitPattern);
  return files.flatMap((file) => [
    resolve(root, relative(real, file)),
    ...bases.map(({ base, rest }) => resolve(root, rest === '' ? dirname(base) : base, basename(file))),
  ]);
}

/** Undefined where the line can't be understood. */
function namedIn(root: string, { line, cwd = root }: TypedLine): readonly Named[] | undefined {
  if (line === undefined || OF_SHELL.test(line) || (sep === '/' && line.includes('\\'))) return undefined;
  const found: Named[] = [];
  let folder = cwd;
  for (const part of partsOf(line)) {
    const words = wordsOf(part);
    if (words[0] === 'cd') {
      if (words.length !== 2 || words[1] === undefined || words[1] === '-') return undefined;
      folder = resolve(folder, words[1]);
      continue;
    }
    const folders = [...new Set([folder, root].flatMap((path) => [path, realPathOf(path)]))];
    if (words[0] === 'pushd' || words[0] === 'popd') return undefined;
    for (const [index, word] of words.entries()) {
      const before = words[index - 1] ?? '';
      const texts = word.split(/[=,<>]/).filter((text) => text !== '');
      const option = word.includes('=') ? (texts[0] ?? '') : before;
      const isRead = READ_BY.test(option) || READ_BY.test(`--${option}`) || word.startsWith('<') || before === '<';
      for (const text of texts) found.push({ places: folders.map((from) => resolve(from, text)), text, isRead });
    }
  }
  return found;
}

/** Whether the program, or what stands before the output, is for reading models. */
function isReader(named: readonly Named[], isOutput: (one: Named) => boolean): boolean {
  return named.slice(0, named.findIndex(isOutput)).some(({ text }) => READS.test(basename(text)));
}

function isSame(one: string, other: string): boolean {
  return relative(one.normalize('NFC'), other.normalize('NFC')) === '';
}

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
