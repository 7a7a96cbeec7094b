import { RegistryError } from '../base/errors.ts';
import { isSameModel } from './model-name.ts';
import { linesOf, type ProjectProblem } from './project-problem.ts';
import type { Project } from './project-schema.ts';

/** A model whose section of the project file has a mistake: nothing of it is used, because a gate may be missing in what can be read. */
export interface RefusedModel {
  readonly name: string;
  readonly file: string;
  readonly problems: readonly ProjectProblem[];
  /** What can be read of its files, so that nobody takes them for another model's. */
  readonly outputs: readonly string[];
  readonly metrics: readonly string[];
  readonly params: readonly string[];
}

/** Throws `PROJECT_FILE_INVALID` where the project file has a section for the model that can't be used. */
export function refuseUnreadable(project: Project | undefined, model: string): void {
  const refused = project?.refused?.find(({ name }) => isSameModel(name, model));
  if (refused) throw refusalOf(refused);
}

/** Why nothing that the file says of a model counts, with every problem in `details.problems`. */
export function refusalOf({ name, file, problems }: RefusedModel): RegistryError {
  return new RegistryError(
    'PROJECT_FILE_INVALID',
    `What ${file} says of ${name} can't be used: ${linesOf(problems)}. Until that is corrected, ${name} is neither promoted nor registered by it; other models are.`,
    { details: { file, problems, model: name } },
  );
}
