import { RegistryError } from '../base/errors.ts';
import { linesOf, type ProjectProblem } from './project-problem.ts';
import type { Project } from './project-schema.ts';

/** Sections beside the models. No promotion asks them anything. */
export const SECTION_KEYS = ['code', 'webhooks', 'remote', 'head'] as const;
export type SectionKey = (typeof SECTION_KEYS)[number];

/** A section with a mistake: nothing of it is used, and whoever would have used it says so. */
export interface UnusableSection {
  readonly key: SectionKey;
  readonly file: string;
  readonly problems: readonly ProjectProblem[];
}

/** What is wrong with one of these sections, where anything is. */
export function sectionProblem(
  project: Project | undefined,
  ...keys: readonly SectionKey[]
): RegistryError | undefined {
  const found = project?.unusable?.find(({ key }) => keys.includes(key));
  return found && refusalOfSection(found);
}

/** Why nothing that the file says in the section counts, with every problem in `details.problems`. */
export function refusalOfSection({ key, file, problems }: UnusableSection): RegistryError {
  const consequence = consequenceOf(key);
  return new RegistryError(
    'PROJECT_FILE_INVALID',
    `What ${file} says under ${key} can't be used: ${linesOf(problems)}. ${consequence}`,
    { details: { file, problems, section: key } },
  );
}

function consequenceOf(key: SectionKey): string {
  switch (key) {
    case 'code':
      return 'Until that is corrected, no files that git doesn’t track are kept with a version.';
    case 'webhooks':
      return 'Until that is corrected, no webhook is told of anything.';
    default:
      return 'Until that is corrected, the project is connected to no shared storage.';
  }
}
