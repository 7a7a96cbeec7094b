import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { headOf, isFolder, namesIn } from './small-file.ts';

const MAX_CONFIG_BYTES = 16 * 1024;
const MAX_PTH_BYTES = 64 * 1024;
const MAX_FOLDERS = 100;

export interface PackageFolder {
  readonly folder: string;
  /** A `.pth` file leads there: what is installed there is used from where its code lies. */
  readonly isLinked: boolean;
}

/**
 * The folders in which the Python of an environment or installation looks for installed packages, in its order (the module `site`): its
 * own, those that `.pth` files add, and what a virtual environment takes from the installation that it was made with.
 */
export function packageFolders(prefix: string, env: NodeJS.ProcessEnv): readonly PackageFolder[] {
  const config = headOf(join(prefix, 'pyvenv.cfg'), MAX_CONFIG_BYTES);
  const own = ownFolders(prefix);
  const python = pythonNameOf(own[0] ?? '');
  const folders = config === undefined ? [...userFolders(python, env), ...own] : own;
  const base = config === undefined ? undefined : baseOf(config);
  const others = base === undefined ? [] : [...userFolders(python, env), ...ownFolders(base, python)];
  return withLinked([...folders, ...others]);
}

/** `python3.12`, by the folder of its packages. */
export function pythonNameOf(sitePackages: string): string | undefined {
  return /(?:^|[\\/])(python3\.\d+t?)[\\/](?:site|dist)-packages$/.exec(sitePackages)?.[1];
}

function ownFolders(prefix: string, wanted = pythonOf(prefix)): readonly string[] {
  const names = namesIn(join(prefix, 'lib')).filter((name) => /^python3\.\d+t?$/.test(name));
  const pythons = wanted === undefined || !names.includes(wanted) ? names : [wanted];
  return [
    // Debian keeps what its own tools installed apart from what pip did.
    ...(prefix === '/usr' ? pythons.map((name) => join('/usr/local/lib', name, 'dist-packages')) : []),
    ...pythons.flatMap((name) => [
      join(prefix, 'lib', name, 'site-packages'),
      join(prefix, 'lib64', name, 'site-packages'),
    ]),
    ...(prefix === '/usr' ? ['/usr/lib/python3/dist-packages'] : []),
    join(prefix, 'Lib', 'site-packages'),
  ].filter(isFolder);
}

/** Of several Pythons under one prefix, that which `python3` starts. */
function pythonOf(prefix: string): string | undefined {
  try {
    return /^python3\.\d+t?/.exec(basename(realpathSync.native(join(prefix, 'bin', 'python3'))))?.[0];
  } catch {
    return undefined;
  }
}

function userFolders(python: string | undefined, env: NodeJS.ProcessEnv): readonly string[] {
  if (python === undefined || env.PYTHONNOUSERSITE) return [];
  return [join(env.PYTHONUSERBASE ?? join(env.HOME ?? homedir(), '.local'), 'lib', python, 'site-packages')].filter(
    isFolder,
  );
}

/** The installation whose packages a virtual environment sees too. */
function baseOf(config: string): string | undefined {
  if (!/^include-system-site-packages\s*=\s*true\s*$/im.test(config)) return undefined;
  const home = /^home\s*=\s*(.+?)\s*$/m.exec(config)?.[1];
  if (home === undefined || !isAbsolute(home)) return undefined;
  return basename(home) === 'bin' ? dirname(home) : home;
}

function withLinked(folders: readonly string[]): readonly PackageFolder[] {
  const found = new Map<string, PackageFolder>();
  const add = (folder: string, isLinked: boolean) => {
    const real = realOf(folder);
    if (real !== undefined && !found.has(real) && found.size < MAX_FOLDERS) found.set(real, { folder, isLinked });
  };
  for (const folder of folders) {
    add(folder, false);
    for (const linked of linkedFrom(folder)) add(linked, true);
  }
  return [...found.values()];
}

/** Folders that the lines of `.pth` files name. Lines that run code are passed over: what they make importable is installed here as well. */
function linkedFrom(folder: string): readonly string[] {
  const files = namesIn(folder).filter((name) => name.endsWith('.pth') && !name.startsWith('.'));
  return files.flatMap((name) =>
    (headOf(join(folder, name), MAX_PTH_BYTES) ?? '')
      .split(/\r?\n/)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '' && !line.startsWith('#') && !/^import\s/.test(line))
      .map((line) => (isAbsolute(line) ? line : join(folder, line)))
      .filter(isFolder),
  );
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
