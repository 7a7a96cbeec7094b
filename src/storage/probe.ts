import { RegistryError } from '../base/errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { hasCode, noHardLinks, retryWhileBusy, writing } from './system-errors.ts';
import { temporaryPath } from './temporary.ts';

const PROBE = new TextEncoder().encode('model-registry');

/**
 * Throws `NO_ATOMIC_CREATE` where the file system of `dir` can't give a whole file a name only if nobody has it, and
 * `STORAGE_READONLY` or `STORAGE_FULL` where nothing can be written at all.
 */
export async function probeAtomicCreate(dir: string, fs: FileSystem = nodeFileSystem): Promise<void> {
  const file = temporaryPath(dir);
  const other = temporaryPath(dir);
  const name = temporaryPath(dir);
  try {
    for (const path of [file, other]) await writing(dir, () => writeProbe(fs, path));
    if (!(await isAtomic(fs, file, other, name))) throw new Error('A link replaced a file.');
  } catch (cause) {
    if (RegistryError.is(cause)) throw cause;
    throw noHardLinks(dir, cause);
  } finally {
    for (const path of [name, other, file]) await fs.unlink(path).catch(() => undefined);
  }
}

async function writeProbe(fs: FileSystem, path: string): Promise<void> {
  const handle = await fs.open(path, 'wx');
  try {
    await handle.write(PROBE, 0, PROBE.length);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name can be given to a file, and can't be given to another one after that. */
async function isAtomic(fs: FileSystem, file: string, other: string, name: string): Promise<boolean> {
  await retryWhileBusy(() => fs.link(file, name), { delay: fs.delay });
  try {
    await fs.link(other, name);
    return false;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return fs.isSameFile(file, name);
}
