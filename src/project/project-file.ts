import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { isInside } from '../base/inside.ts';
import { PROJECT_FILE } from './project-file-name.ts';
import { invalid } from './project-problem.ts';
import type { Project } from './project-schema.ts';

const MAX_FILE_BYTES = 1024 * 1024;
const OTHER_ENDING = PROJECT_FILE.replace(/yaml$/, 'yml');

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
    if (systemErrorCode(error) === 'ENOENT') {
      await refuseOtherEnding(root);
      return undefined;
    }
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

/** Gates that stand under the other usual ending would be missed in silence. Other programs' files of that name have no models. */
async function refuseOtherEnding(root: string): Promise<void> {
  const file = join(root, OTHER_ENDING);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > MAX_FILE_BYTES || !/^models[ \t]*:/m.test(await readFile(file, 'utf8'))) return;
  throw invalid(file, [{ line: 1, column: 1, message: `It must be called ${PROJECT_FILE} to be read: rename it` }]);
}

/** A link must not make other files of this person part of a message. */
async function refuseOutside(root: string, file: string): Promise<void> {
  const [realRoot, real] = await Promise.all([realpath(root), realpath(file)]);
  if (isInside(realRoot, real)) return;
  throw invalid(file, [{ line: 1, column: 1, message: 'It is a link to a file outside of the workspace' }]);
}
