import { RegistryError } from '../base/errors.ts';
import { isSameModel } from '../project/model-name.ts';
import type { Project } from '../project/project-schema.ts';
import { refusalOf, refuseUnreadable } from '../project/refused-models.ts';
import type { DeployRequest } from './deploy.ts';

/** The folders that a project file, in `root`, declares to deploy to: all, or that of one model. */
export function placesOf(root: string, project: Project | undefined, only?: string): readonly DeployRequest[] {
  return Object.entries(project?.models ?? {}).flatMap(([model, { deploy: path }]) =>
    path === undefined || (only !== undefined && !isSameModel(model, only)) ? [] : [{ root, model, path }],
  );
}

/** The same for a person who asked. Throws `DEPLOY_UNDECLARED` where there is none, and `PROJECT_FILE_INVALID` where what there is can't be read. */
export function askedPlaces(root: string, project: Project | undefined, only?: string): readonly DeployRequest[] {
  if (only !== undefined) refuseUnreadable(project, only);
  const places = placesOf(root, project, only);
  if (places.length > 0) return places;
  const [refused] = project?.refused ?? [];
  if (refused && only === undefined) throw refusalOf(refused);
  const what = only === undefined ? 'no model with a folder to deploy to' : `no folder to deploy ${only} to`;
  throw new RegistryError(
    'DEPLOY_UNDECLARED',
    `model-registry.yaml declares ${what}. Add to the model: deploy: deploy/NAME.`,
  );
}
