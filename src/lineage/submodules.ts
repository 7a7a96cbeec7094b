import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { SimpleGit } from 'simple-git';
import type { SubmoduleLineage } from '../catalog/read-models/lineage.ts';
import { gitIn, hasChanges } from './git-status.ts';

const MAX_SUBMODULES = 50;

/** The submodules that are checked out in the repository at `top`: the commit of each, and whether it has changes that aren't in it. */
export async function readSubmodules(git: SimpleGit, top: string): Promise<readonly SubmoduleLineage[]> {
  const file = join(top, '.gitmodules');
  // Most repositories have none, and asking git costs a process.
  if (!(await stat(file).catch(() => undefined))?.isFile()) return [];
  const listed = await git
    .raw(['config', '--file', file, '-z', '--get-regexp', '^submodule\\..*\\.path$'])
    .catch(() => '');
  const paths = listed.split('\0').flatMap((entry) => entry.split('\n')[1] ?? []);
  const found: SubmoduleLineage[] = [];
  for (const path of [...new Set(paths)].slice(0, MAX_SUBMODULES)) {
    const submodule = await submoduleAt(top, path);
    if (submodule) found.push(submodule);
  }
  return found;
}

/** Undefined where the folder is elsewhere, or isn't checked out: git would take it for a folder of the repository around it. */
async function submoduleAt(top: string, path: string): Promise<SubmoduleLineage | undefined> {
  try {
    const root = await realpath(top);
    const place = await realpath(join(root, path));
    if (!place.startsWith(root + sep)) return undefined;
    const git = await gitIn(place);
    const [own = '', commit = ''] = (await git?.revparse(['--show-toplevel', 'HEAD']))?.split('\n') ?? [];
    if (!git || (await realpath(own)) !== place || commit === '') return undefined;
    return { path, commit, ...((await hasChanges(git, place, undefined)) ? { isDirty: true } : {}) };
  } catch {
    return undefined;
  }
}
