import { randomUUID } from 'node:crypto';
import { link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { TEMPORARY_PREFIX } from './filesystem-store.ts';

/** Throws `NO_ATOMIC_CREATE` where the file system of `dir` can't give a whole file a name that nobody has. */
export async function probeAtomicCreate(dir: string): Promise<void> {
  const first = join(dir, `${TEMPORARY_PREFIX}${randomUUID()}`);
  const second = `${first}-link`;
  try {
    await (await open(first, 'wx')).close();
    await link(first, second);
    const isReplaced = await link(first, second).then(
      () => true,
      (error: unknown) => systemErrorCode(error) !== 'EEXIST',
    );
    if (isReplaced) throw new Error('link() replaced a file');
  } catch (cause) {
    throw new RegistryError(
      'NO_ATOMIC_CREATE',
      `The file system of ${dir} can't create files in the way a registry needs (hard links), or the folder can't be written to. Choose a folder on a local disk with --registry.`,
      { cause },
    );
  } finally {
    for (const file of [second, first]) await unlink(file).catch(() => undefined);
  }
}
