import { relative, sep } from 'node:path';
import { isInside } from '../../base/inside.ts';
import type { CodeLineage, PackageSource } from '../../catalog/read-models/lineage.ts';
import { readCode } from '../git.ts';
import type { FoundEnvironment } from './environment.ts';

/** Of more folders nobody asks git. */
const MAX_FOLDERS = 20;

/**
 * Where packages were installed from, with the commit that the code of each folder is at. Folders are named relative to `root`, where they
 * lie in `repository`; of others on this machine only what git says of them is told.
 */
export async function sourcesOf(
  { origins }: FoundEnvironment,
  { root, repository }: { readonly root: string; readonly repository: string },
): Promise<readonly (PackageSource & { readonly name: string })[]> {
  const folders = [...new Set(origins.flatMap(({ origin }) => origin.folder ?? []))].slice(0, MAX_FOLDERS);
  const codes = new Map<string, CodeLineage | undefined>();
  for (const folder of folders) codes.set(folder, await readCode(folder, 'start'));
  return origins.map(({ name, origin }) => {
    const { folder, ...named } = origin;
    if (folder === undefined) return { name, ...named };
    const code = codes.get(folder);
    const isOwn = isInside(repository, folder);
    return {
      name,
      ...named,
      ...(code ? { commit: code.commit } : {}),
      ...(code?.isDirty ? { isDirty: true } : {}),
      ...(isOwn ? { folder: relative(root, folder).split(sep).join('/') || '.' } : {}),
      ...(code?.remote === undefined || isOwn ? {} : { url: code.remote }),
    };
  });
}
