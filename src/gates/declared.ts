import { declaredDirections } from '../project/directions.ts';
import { isSameModel } from '../project/model-name.ts';
import type { Project, ProjectModel } from '../project/project-schema.ts';
import { refuseUnreadable } from '../project/refused-models.ts';
import type { Declared } from './evaluate-gates.ts';

/** A project file, and the folder that it is in, where that is known: scripts that commands name are there. */
export interface ProjectAt {
  readonly project: Project | undefined;
  readonly root: string | undefined;
}

/** What a project file declares about the gates of a model: nothing where it doesn't know the model. Throws `PROJECT_FILE_INVALID`. */
export function declaredIn(at: ProjectAt | undefined, model: string): Declared {
  const found = modelNamed(at?.project, model);
  return { gates: found?.gates, directions: declaredDirections(found), root: at?.root };
}

/** What a project file declares of a model. Throws `PROJECT_FILE_INVALID` where that can't be used: there may be a gate in it. */
export function modelNamed(project: Project | undefined, model: string): ProjectModel | undefined {
  refuseUnreadable(project, model);
  return Object.entries(project?.models ?? {}).find(([name]) => isSameModel(name, model))?.[1];
}

/** Whether a project file has a section for a model, be it one that can be used or not. */
export function isDeclared({ models, refused = [] }: Project, model: string): boolean {
  return [...Object.keys(models), ...refused.map(({ name }) => name)].some((name) => isSameModel(name, model));
}
