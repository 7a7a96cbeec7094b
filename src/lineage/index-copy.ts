import { utimes, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { type SimpleGit, simpleGit } from 'simple-git';
import { openRegular } from '../storage/regular-file.ts';

const GIT_TIMEOUT_MS = 30_000;

/**
 * A file that was changed in the moment in which the index was written looks unchanged; git tells by the time of the index, which the
 * copy must not be younger than.
 */
export async function copyIndex(index: string, to: string): Promise<void> {
  const handle = await openRegular(index);
  const { mtimeMs } = await handle.stat();
  try {
    await writeFile(to, handle.createReadStream({ autoClose: false }));
  } finally {
    await handle.close();
  }
  const before = Math.floor(mtimeMs / 1000);
  await utimes(to, before, before);
}

/** git for the repository at `root` with a copy of its index, which may be written: no hook runs then. */
export function gitWithIndex(root: string, index: string): SimpleGit {
  return simpleGit({
    ...{ baseDir: root, timeout: { block: GIT_TIMEOUT_MS }, config: [`core.hooksPath=${devNull}`] },
    allowEnvironment: ['GIT_INDEX_FILE'],
    // What isn't allowed by itself is to name a folder with hooks: this one has none.
    unsafe: { allowUnsafeHooksPath: true },
  }).env('GIT_INDEX_FILE', index);
}
