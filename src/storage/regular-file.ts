import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { RegistryError } from '../base/errors.ts';

/** Opens a file to read. A pipe in its place, whose opening would wait for ever and keep the process from ending, is `STORAGE_FAILED`. */
export async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if ((await handle.stat()).isFile()) return handle;
    throw new RegistryError('STORAGE_FAILED', `${path} isn't a file. Remove what stands there and try again.`);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The text of such a file. */
export async function readRegular(path: string): Promise<string> {
  const handle = await openRegular(path);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
