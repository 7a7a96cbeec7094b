import { declaredDirections } from '../project/directions.ts';
import type { Project } from '../project/project-schema.ts';
import type { Declared } from './evaluate-gates.ts';

/** A project file, and the folder that it is in, where that is known: scripts that commands name are there. */
export interface ProjectAt {
  readonly project: Project | undefined;
  readonly root: string | undefined;
}

/** What a project file declares about the gates of a model: nothing where it doesn't know the model. */
export function declaredIn(at: ProjectAt | undefined, model: string): Declared {
  const models = Object.entries(at?.project?.models ?? {});
  // As the registry does, which takes no two names for different that differ in capitals alone.
  const found = models.find(([name]) => name.toLowerCase() === model.toLowerCase())?.[1];
  return { gates: found?.gates, directions: declaredDirections(found), root: at?.root };
}
