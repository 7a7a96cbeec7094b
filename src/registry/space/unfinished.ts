import { join } from 'node:path';
import { STAGING_FOLDER, sweepTemporaryFiles, type TemporaryFile, temporaryFiles } from '../../storage/temporary.ts';
import type { RegistryLocation } from '../api/registry.ts';
import type { GcReport, UnfinishedFiles } from '../api/space.ts';

/** What lies unfinished in the registry and, where it is shared, in its copy, as `gc` would find it. */
export async function unfinishedFiles(location: RegistryLocation): Promise<GcReport['unfinished']> {
  const found = (await Promise.all(foldersOf(location).map((folder) => temporaryFiles(folder)))).flat();
  return {
    freed: countOf(found.filter(({ isAbandoned }) => isAbandoned)),
    kept: countOf(found.filter(({ isAbandoned }) => !isAbandoned)),
  };
}

/** Removes what nobody goes on with. It harms nothing but space, so what can't be removed counts as kept. */
export async function sweepUnfinished(location: RegistryLocation): Promise<GcReport['unfinished']> {
  const freed = (await Promise.all(foldersOf(location).map((folder) => sweepTemporaryFiles(folder)))).flat();
  const left = (await Promise.all(foldersOf(location).map((folder) => temporaryFiles(folder)))).flat();
  return { freed: countOf(freed), kept: countOf(left) };
}

function foldersOf({ dir, logDir }: RegistryLocation): readonly string[] {
  return [...new Set([dir, logDir])].map((folder) => join(folder, STAGING_FOLDER));
}

function countOf(files: readonly TemporaryFile[]): UnfinishedFiles {
  return { files: files.length, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}
