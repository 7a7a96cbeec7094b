import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../test/editor/harness/install-code-server.ts';

const execFileDone = promisify(execFile);

/** The folder with git-lfs's program, from Debian's package where this machine hasn't installed it; undefined where it can't be had. */
export async function gitLfsFolder(onProgress: (text: string) => void): Promise<string | undefined> {
  if (await works('')) return '';
  const dir = join(await cacheFolder(), 'git-lfs');
  const bin = join(dir, 'usr/bin');
  if (await works(bin)) return bin;
  onProgress(`getting git-lfs into ${dir}, once for this machine`);
  const staging = await mkdtemp(join(await cacheFolder(), 'git-lfs-'));
  try {
    await execFileDone('apt-get', ['download', 'git-lfs'], { cwd: staging, timeout: 120_000 });
    const file = (await readdir(staging)).find((name) => name.endsWith('.deb'));
    if (file === undefined) return undefined;
    await execFileDone('dpkg', ['-x', file, join(staging, 'unpacked')], { cwd: staging });
    await rm(dir, { recursive: true, force: true });
    await rename(join(staging, 'unpacked'), dir);
    return (await works(bin)) ? bin : undefined;
  } catch {
    // No Debian, or no way to its packages: the comparison goes without.
    return undefined;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function works(folder: string): Promise<boolean> {
  return execFileDone(folder === '' ? 'git-lfs' : join(folder, 'git-lfs'), ['version']).then(
    () => true,
    () => false,
  );
}
