import { RegistryError } from '../base/errors.ts';

/** Problems that an error names; all of them are in its details. */
const MAX_SHOWN = 5;

/** What could stand in the place of a word. */
export interface Meant {
  readonly word: string;
  /** The likeliest first. */
  readonly names: readonly string[];
  /** The first is so like the word that it was probably meant. */
  readonly isNear: boolean;
}

/** Something wrong in the project file; lines and columns count from 1. */
export interface ProjectProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly meant?: Meant | undefined;
}

/** The first problems, each with its line. */
export function linesOf(problems: readonly ProjectProblem[]): string {
  const shown = problems.slice(0, MAX_SHOWN).map(({ line, message }) => `line ${line}: ${message}`);
  const more = problems.length > MAX_SHOWN ? [`and ${problems.length - MAX_SHOWN} more`] : [];
  return [...shown, ...more].join('; ');
}

/** `PROJECT_FILE_INVALID`, with every problem in `details.problems`. */
export function invalid(file: string, problems: readonly ProjectProblem[]): RegistryError {
  return new RegistryError('PROJECT_FILE_INVALID', `${file} can't be used: ${linesOf(problems)}.`, {
    details: { file, problems },
  });
}
