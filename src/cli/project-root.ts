import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { readProject } from '../project/project-file.ts';
import { PROJECT_FILE, type Project } from '../project/project-schema.ts';

/**
 * The project around `cwd`: `model-registry.yaml` in the folder or one above it, not beyond the repository it is in. Throws
 * `PROJECT_FILE_MISSING`, and `PROJECT_FILE_INVALID` for one that can't be used.
 */
export async function findProject(cwd: string): Promise<{ readonly root: string; readonly project: Project }> {
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
