import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { LockFile } from '../catalog/read-models/lineage.ts';
import { foldersAbove } from './python/folders-above.ts';
import { namesIn } from './python/small-file.ts';

/** What packages are chosen by: lock files of uv, Poetry, Pipenv, PDM, pixi, conda-lock and pylock (PEP 751), and lists of requirements. */
const LOCK =
  /^(?:uv\.lock|poetry\.lock|Pipfile\.lock|pdm\.lock|pixi\.lock|pylock(?:\.[^.]+)?\.toml|(?:.*[.-])?conda-lock\.ya?ml|conda-.+\.lock|environment\.ya?ml|conda\.ya?ml|requirements.*\.txt)$/;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 50;

/** The lock files of a folder with their digests, and those above it, up to the root of the repository, of a name that isn't nearer. */
export async function readLocks(root: string): Promise<readonly LockFile[]> {
  const folders = foldersAbove(root);
  const top = await realpath(folders.at(-1) ?? root).catch(() => root);
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const name of namesIn(folder)) {
      if (LOCK.test(name) && !found.has(name) && found.size < MAX_FILES) found.set(name, join(folder, name));
    }
  }
  const locks: LockFile[] = [];
  for (const file of found.values()) {
    const sha256 = await digestOf(file, top);
    if (sha256 !== undefined) locks.push({ path: relative(root, file).split(sep).join('/'), sha256 });
  }
  return locks;
}

/** Of a file that really lies below `top`: a link must not make this read other files of this person. */
async function digestOf(file: string, top: string): Promise<string | undefined> {
  try {
    const real = await realpath(file);
    const found = await stat(real);
    if (!real.startsWith(join(top, sep)) || !found.isFile() || found.size > MAX_BYTES) return undefined;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(real)) hash.update(chunk);
    return hash.digest('hex');
  } catch {
    // Removed meanwhile, or not to be read: as good as none.
    return undefined;
  }
}
