import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { isInside } from '../base/inside.ts';
import { PROJECT_FILE } from './project-file-name.ts';
import { invalid } from './project-problem.ts';
import type { Project } from './project-schema.ts';

const MAX_FILE_BYTES = 1024 * 1024;
/**
 * Reads `model-registry.yaml` of a workspace; undefined where there is none. A model whose section has a mistake is in `refused`. Throws
 * `PROJECT_FILE_INVALID` with every problem in `details.problems` for a file that can't be used at all.
 */
export async function readProject(root: string): Promise<Project | undefined> {
  const file = join(root, PROJECT_FILE);
  let text: string;
  try {
    await refuseOutside(root, file);
    const found = await stat(file);
    // Reading a pipe would wait for ever.
    if (!found.isFile()) throw invalid(file, [{ line: 1, column: 1, message: "It isn't a file" }]);
    if (found.size > MAX_FILE_BYTES)
      throw invalid(file, [{ line: 1, column: 1, message: 'The file is larger than 1 MiB' }]);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    if (systemErrorCode(error) === 'ELOOP')
      throw invalid(file, [{ line: 1, column: 1, message: 'It is a link that leads back to itself' }]);
    throw error;
  }
  // What reads YAML takes longer to load than most folders, which have no such file, are looked at in.
  const { usableProject } = await import('./parse-project.ts');
  return usableProject(text, file);
}

/** Reads the project file that somebody named, wherever it is. Throws `PROJECT_FILE_MISSING`, `PROJECT_FILE_INVALID`. */
export async function projectIn(file: string): Promise<Project> {
  const project = await readProject(dirname(file));
  if (project && basename(file) === PROJECT_FILE) return project;
  throw new RegistryError('PROJECT_FILE_MISSING', `${file} is no ${PROJECT_FILE}.`);
}

/** A link must not make other files of this person part of a message. */
async function refuseOutside(root: string, file: string): Promise<void> {
  const [realRoot, real] = await Promise.all([realpath(root), realpath(file)]);
  if (isInside(realRoot, real)) return;
  throw invalid(file, [{ line: 1, column: 1, message: 'It is a link to a file outside of the workspace' }]);
}
