import { execFile } from 'node:child_process';
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../test/editor/harness/install-code-server.ts';

const execFileDone = promisify(execFile);
const INSTALL_TIMEOUT_MS = 15 * 60_000;

/**
 * The folder of a Python environment that holds one package at one version: made from PyPI at the first call, then kept in the user's
 * cache. Throws where there is no Python or no way to PyPI.
 */
export async function pythonVenv(name: string, version: string, onProgress: (text: string) => void): Promise<string> {
  const dir = join(await cacheFolder(), `venv-${name}-${version}`);
  const marker = join(dir, 'complete');
  if (await exists(marker)) return dir;
  onProgress(`installing ${name} ${version} into ${dir}, once for this machine`);
  await rm(dir, { recursive: true, force: true });
  const options = { timeout: INSTALL_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  await execFileDone('python3', ['-m', 'venv', dir], options);
  await execFileDone(join(dir, 'bin/python'), ['-m', 'pip', 'install', '--quiet', `${name}==${version}`], options);
  const mark = await mkdtemp(join(dir, 'marker-'));
  await rename(mark, marker);
  return dir;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
