import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gitCommonDir } from '../registry/location.ts';

const READ_BY_GIT = ['config', 'index', 'shallow', 'info/exclude'];

/**
 * Which of its own files git would wait for without end, because a pipe or a device stands in its place. Undefined where none, and outside
 * a repository.
 */
export async function pipeInGit(folder: string): Promise<string | undefined> {
  const dir = await gitCommonDir(folder).catch(() => undefined);
  if (dir === undefined) return undefined;
  for (const name of READ_BY_GIT) {
    const found = await stat(join(dir, name)).catch(() => undefined);
    if (found && !found.isFile() && !found.isDirectory()) return name;
  }
  return undefined;
}
