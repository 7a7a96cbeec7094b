import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { STAGING_FOLDER, temporaryPath } from './temporary.ts';

/**
 * Puts a file in the place of another one at once: readers see the old one or the new one. For what isn't part of the log. `staging`, for
 * the file until it is whole, is one beside it unless said.
 */
export async function replaceFile(
  file: string,
  content: Uint8Array | string,
  options: { readonly staging?: string; readonly mode?: number } = {},
): Promise<void> {
  const { staging = join(dirname(file), STAGING_FOLDER), mode } = options;
  const temporary = temporaryPath(staging);
  await mkdir(staging, { recursive: true });
  try {
    await writeFile(temporary, content, { flag: 'wx', ...(mode === undefined ? {} : { mode }) });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
