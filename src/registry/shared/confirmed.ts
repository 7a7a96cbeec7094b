import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RegistryError } from '../../base/errors.ts';
import { sha256Hex } from '../../base/hash.ts';
import { retryWhileBusy, writing } from '../../storage/system-errors.ts';
import { temporaryPath } from '../../storage/temporary.ts';
import { userStateDir } from '../seen-head.ts';

/**
 * That this person connected a registry's folder with its shared storage. It is kept outside of the folder: one that came with a repository
 * or an archive may name any storage, and nothing is asked of that, or sent there, on its word.
 */
export async function confirmRemote(dir: string, url: string, stateDir = userStateDir()): Promise<void> {
  const { folder, file } = await placeOf(dir, stateDir);
  await writing(file, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = temporaryPath(folder);
    try {
      await writeFile(temporary, url, { mode: 0o600 });
      await retryWhileBusy(() => rename(temporary, file));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** Throws `REMOTE_UNCONFIRMED` unless this person did. */
export async function checkConfirmed(dir: string, url: string, stateDir = userStateDir()): Promise<void> {
  const { file } = await placeOf(dir, stateDir);
  const confirmed = await readFile(file, 'utf8').catch(() => undefined);
  if (confirmed === url) return;
  throw new RegistryError(
    'REMOTE_UNCONFIRMED',
    `${dir} says that it is shared through ${url}, and nobody on this machine has connected it there: it came with a repository or an archive, or was moved. Nothing was asked of that storage. If you trust it, connect it: model-registry remote add ${url}.`,
    { details: { url } },
  );
}

async function placeOf(dir: string, stateDir: string) {
  const place = await realpath(dir).catch(() => resolve(dir));
  const folder = join(stateDir, 'remotes');
  return { folder, file: join(folder, sha256Hex(place).slice(0, 32)) };
}
