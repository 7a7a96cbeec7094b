import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { DeclaredDirections } from '../base/metrics.ts';
import { declaredDirections } from '../project/directions.ts';
import { readProject } from '../project/project-file.ts';
import { PROJECT_FILE } from '../project/project-file-name.ts';
import type { Project } from '../project/project-schema.ts';

/** A project, and the folder that its file is in. */
export interface ProjectAround {
  readonly root: string;
  readonly project: Project;
}

/**
 * The project around `cwd`: `model-registry.yaml` in the folder or one above it, not beyond the repository it is in. Throws
 * `PROJECT_FILE_MISSING`, and `PROJECT_FILE_INVALID` for one that can't be used.
 */
export async function findProject(cwd: string): Promise<ProjectAround> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const project = await readProject(folder);
    if (project) return { root: folder, project };
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) break;
  }
  throw new RegistryError(
    'PROJECT_FILE_MISSING',
    `There is no ${PROJECT_FILE} in ${cwd}. Write one that declares what training writes, or name the files: model-registry register MODEL PATH.`,
  );
}

/** The same; undefined where there is none. Throws `PROJECT_FILE_INVALID`: a gate in it must not be missed. */
export async function projectAround(cwd: string): Promise<ProjectAround | undefined> {
  try {
    return await findProject(cwd);
  } catch (error) {
    if (RegistryError.is(error, 'PROJECT_FILE_MISSING')) return undefined;
    throw error;
  }
}

/** What a command's project declares about a model's metrics; nothing where there is no project, or one that can't be used. */
export async function directionsIn(
  context: { project(): Promise<ProjectAround | undefined> },
  model: string | undefined,
): Promise<DeclaredDirections | undefined> {
  try {
    const { models = {} } = (await context.project())?.project ?? {};
    return model === undefined || !Object.hasOwn(models, model) ? undefined : declaredDirections(models[model]);
  } catch (error) {
    // Commands that only show things work without one; those that need it say what is wrong with it.
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}
