import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { gatherFiles } from '../artifacts/gather.ts';
import { RegistryError } from '../base/errors.ts';
import type { FoundModel, FoundVersion } from './found.ts';
import { stagedSource } from './staging.ts';

/**
 * The models with a problem where registering would refuse the files of a version, for the reason that it would give: links that lead out or in circles,
 * pipes, what can't be read, names that no artifact can have.
 */
export async function withUnusableFiles(
  models: readonly FoundModel[],
  root: string,
  signal: AbortSignal | undefined,
): Promise<readonly FoundModel[]> {
  const looked: FoundModel[] = [];
  for (const model of models) {
    const versions: FoundVersion[] = [];
    for (const version of model.versions) {
      const problem = version.problem ?? (await problemOf(version, root, signal));
      versions.push(problem === undefined ? version : { ...version, paths: [], sizeBytes: 0, problem });
    }
    looked.push({ ...model, versions });
  }
  return looked;
}

async function problemOf(
  { paths, staged }: FoundVersion,
  root: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    if (staged) {
      const realRoot = await realpath(root);
      for (const { from } of staged) await stagedSource(realRoot, from, root);
    } else {
      await gatherFiles(
        paths.map((path) => join(root, path)),
        { signal },
      );
    }
    return undefined;
  } catch (error) {
    if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
    return error.message;
  }
}
