import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './system-errors.ts';

/**
 * Makes a folder and those around it, and returns the outermost that it made. Node's own `mkdir` never comes back where a folder can't be made although
 * the one around it is there, as below `/proc`.
 */
export async function makeFolders(folder: string): Promise<string | undefined> {
  if (await isMade(folder)) return folder;
  if (await isFolder(folder)) return undefined;
  const parent = dirname(folder);
  const outermost = parent === folder ? undefined : await makeFolders(parent);
  // Others may have made it meanwhile.
  await mkdir(folder).catch(async (error: unknown) => {
    if (!(await isFolder(folder))) throw error;
  });
  return outermost ?? folder;
}

/** Anything but a missing parent is told by the next attempt. */
async function isMade(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || (await isFolder(folder))) return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
