import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { LockFile } from '../registry/api.ts';
import { foldersAbove } from './python/folders-above.ts';
import { namesIn } from './python/small-file.ts';

/** What packages are chosen by: lock files of uv, Poetry, Pipenv, PDM, pixi, conda-lock and pylock (PEP 751), and lists of requirements. */
const LOCK =
  /^(?:uv\.lock|poetry\.lock|Pipfile\.lock|pdm\.lock|pixi\.lock|pylock(?:\.[^.]+)?\.toml|(?:.*[.-])?conda-lock\.ya?ml|conda-.+\.lock|environment\.ya?ml|conda\.ya?ml|requirements.*\.txt)$/;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 50;

/** The lock files of a folder with their digests, and those above it, up to the root of the repository, of a name that isn't nearer. */
export async function readLocks(root: string): Promise<readonly LockFile[]> {
  const found = new Map<string, string>();
  for (const folder of foldersAbove(root)) {
    for (const name of namesIn(folder)) {
      if (LOCK.test(name) && !found.has(name) && found.size < MAX_FILES) found.set(name, join(folder, name));
    }
  }
  const locks: LockFile[] = [];
  for (const file of found.values()) {
    const sha256 = await digestOf(file);
    if (sha256 !== undefined) locks.push({ path: relative(root, file).split(sep).join('/'), sha256 });
  }
  return locks;
}

async function digestOf(file: string): Promise<string | undefined> {
  try {
    const { size, isFile } = await stat(file).then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!isFile || size > MAX_BYTES) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk);
    return hash.digest('hex');
  } catch {
    // Removed meanwhile, or not to be read: as good as none.
    return undefined;
  }
}
