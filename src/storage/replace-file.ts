import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { STAGING_FOLDER, temporaryPath } from './temporary.ts';

/** Puts a file in the place of another in a registry's folder: readers see the old one or the new one. For what isn't part of the log. */
export async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const staging = join(dirname(file), STAGING_FOLDER);
  const temporary = temporaryPath(staging);
  await mkdir(staging, { recursive: true });
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
