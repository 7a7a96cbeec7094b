import { dirname, join } from 'node:path';
import { headOf, isFolder, namesIn } from './small-file.ts';

const MAX_BYTES = 4096;
const MAX_LEVELS = 20;

/**
 * The installation that a shim of pyenv starts in a folder: by `PYENV_VERSION`, `.python-version` in the folder or above, or pyenv's own
 * choice. Undefined where `shim` is none of pyenv, or the system's Python is meant.
 */
export function pyenvPrefix(shim: string, cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  const versions = join(dirname(dirname(shim)), 'versions');
  if (!/[\\/]shims$/.test(dirname(shim)) || !isFolder(versions)) return undefined;
  const chosen = env.PYENV_VERSION ?? localVersion(cwd) ?? headOf(join(dirname(versions), 'version'), MAX_BYTES);
  const [name = ''] = (chosen ?? '').split(/[:\s]+/).filter((word) => word !== '');
  if (!/^[\w.+-]+$/.test(name) || /^\.+$/.test(name)) return undefined;
  if (isFolder(join(versions, name))) return join(versions, name);
  // `3.12` is the newest of its kind.
  const numbered = namesIn(versions).filter((version) => version.startsWith(`${name}.`));
  const newest = numbered.sort((a, b) => lastNumber(a) - lastNumber(b)).at(-1);
  return newest === undefined ? undefined : join(versions, newest);
}

function localVersion(cwd: string): string | undefined {
  let folder = cwd;
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const text = headOf(join(folder, '.python-version'), MAX_BYTES);
    if (text !== undefined) return text;
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return undefined;
}

function lastNumber(version: string): number {
  return Number(/(\d+)\D*$/.exec(version)?.[1] ?? 0);
}
