import { constants, copyFile, link, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { throwIfCancelled } from '../artifacts/cancel.ts';
import { unreadable } from '../artifacts/path-errors.ts';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import type { StagedFile } from './found.ts';

/**
 * Gives `use` a folder in which the files of a cache have the names that they are to have, and removes it afterwards. Nothing is copied where
 * a file can have two names. Throws `PATH_OUTSIDE_WORKSPACE` for what leads out of the folder that is imported from.
 */
export async function withStagedFiles<T>(
  root: string,
  staged: readonly StagedFile[],
  signal: AbortSignal | undefined,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'model-registry-import-'));
  const folder = join(parent, 'model');
  try {
    const realRoot = await realpath(root);
    await mkdir(folder);
    for (const { from, path } of staged) {
      throwIfCancelled(signal);
      const source = await stagedSource(realRoot, from, root);
      const target = join(folder, path);
      if (!target.startsWith(folder + sep)) throw leadsOut(from, root);
      await mkdir(dirname(target), { recursive: true });
      await linkOrCopy(source, target);
    }
    return await use(folder);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** Where a file of a cache really lies. Throws `PATH_OUTSIDE_WORKSPACE`, `PATH_NOT_FOUND`, `PATH_UNREADABLE`. */
export async function stagedSource(realRoot: string, from: string, root: string): Promise<string> {
  const path = join(realRoot, from);
  const source = await realpath(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (source.startsWith(realRoot + sep)) return source;
  throw leadsOut(from, root);
}

function leadsOut(from: string, root: string): RegistryError {
  return new RegistryError(
    'PATH_OUTSIDE_WORKSPACE',
    `${from} leads out of ${root}, so it isn't imported. Nothing was changed.`,
  );
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}
