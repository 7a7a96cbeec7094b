import { declaredDirections } from '../project/directions.ts';
import type { Project, ProjectModel } from '../project/project-schema.ts';
import type { Declared } from './evaluate-gates.ts';

/** A project file, and the folder that it is in, where that is known: scripts that commands name are there. */
export interface ProjectAt {
  readonly project: Project | undefined;
  readonly root: string | undefined;
}

/** What a project file declares about the gates of a model: nothing where it doesn't know the model. */
export function declaredIn(at: ProjectAt | undefined, model: string): Declared {
  const found = modelNamed(at?.project, model);
  return { gates: found?.gates, directions: declaredDirections(found), root: at?.root };
}

/** What a project file declares of a model. */
export function modelNamed(project: Project | undefined, model: string): ProjectModel | undefined {
  return Object.entries(project?.models ?? {}).find(([name]) => isSameModel(name, model))?.[1];
}

/** As the registry has it, which takes no two names for different that differ in capitals alone. */
export function isSameModel(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
