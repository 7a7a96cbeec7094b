import { link, open, stat, unlink } from 'node:fs/promises';
import { RegistryError } from '../base/errors.ts';
import { hasCode, noHardLinks, retryWhileBusy, writing } from './system-errors.ts';
import { temporaryPath } from './temporary.ts';

/**
 * Throws `NO_ATOMIC_CREATE` where the file system of `dir` can't give a whole file a name only if nobody has it, and
 * `STORAGE_READONLY` or `STORAGE_FULL` where nothing can be written at all.
 */
export async function probeAtomicCreate(dir: string): Promise<void> {
  const file = temporaryPath(dir);
  const other = temporaryPath(dir);
  const name = temporaryPath(dir);
  try {
    for (const path of [file, other]) await writing(dir, () => writeProbe(path));
    if (!(await isAtomic(file, other, name))) throw new Error('A link replaced a file.');
  } catch (cause) {
    if (RegistryError.is(cause)) throw cause;
    throw noHardLinks(dir, cause);
  } finally {
    for (const path of [name, other, file]) await unlink(path).catch(() => undefined);
  }
}

async function writeProbe(path: string): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile('model-registry');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name can be given to a file, and can't be given to another one after that. */
async function isAtomic(file: string, other: string, name: string): Promise<boolean> {
  await retryWhileBusy(() => link(file, name));
  try {
    await link(other, name);
    return false;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const [first, named] = await Promise.all([stat(file, { bigint: true }), stat(name, { bigint: true })]);
  return first.ino === named.ino;
}
