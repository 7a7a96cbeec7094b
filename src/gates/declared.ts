import { declaredDirections } from '../project/directions.ts';
import type { Project } from '../project/project-schema.ts';
import type { Declared } from './evaluate-gates.ts';

/** What a project file, in `root`, declares about the gates of a model: nothing where it doesn't know the model. */
export function declaredIn(project: Project | undefined, model: string, root?: string): Declared {
  const models = Object.entries(project?.models ?? {});
  // As the registry does, which takes no two names for different that differ in capitals alone.
  const found = models.find(([name]) => name.toLowerCase() === model.toLowerCase())?.[1];
  return { gates: found?.gates, directions: declaredDirections(found), root };
}
