import { access, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { commitKey, FORMAT_KEY } from '../storage/layout.ts';

export interface LocatedRegistry {
  /** Where the registry is, or where `init` would make it. */
  readonly dir: string;
  readonly exists: boolean;
  /** `explicit`: named by a flag or setting; `git`: inside git's common directory; `folder`: `.model-registry`. */
  readonly how: 'explicit' | 'git' | 'folder';
}

/**
 * Finds the registry for a folder: `explicit` if given, else in the git common directory, else `.model-registry` in the folder or one
 * above it. Works without git installed. Throws `REGISTRY_NOT_OWNED` where the folder found belongs to another user.
 */
export async function locateRegistry(options: {
  readonly cwd: string;
  readonly explicit?: string | undefined;
}): Promise<LocatedRegistry> {
  const cwd = resolve(options.cwd);
  if (options.explicit !== undefined) {
    const dir = resolve(cwd, options.explicit);
    return { dir, exists: await isRegistry(dir), how: 'explicit' };
  }
  const common = await gitCommonDir(cwd);
  const inGit = common && join(common, 'model-registry');
  if (inGit && (await isRegistry(inGit))) return owned({ dir: inGit, exists: true, how: 'git' });
  for (let folder = cwd; ; folder = dirname(folder)) {
    const dir = join(folder, '.model-registry');
    if (await isRegistry(dir)) return owned({ dir, exists: true, how: 'folder' });
    if (dirname(folder) === folder) break;
  }
  if (inGit) return { dir: inGit, exists: false, how: 'git' };
  return { dir: join(cwd, '.model-registry'), exists: false, how: 'folder' };
}

async function owned(located: LocatedRegistry): Promise<LocatedRegistry> {
  const user = process.getuid?.();
  if (user === undefined) return located;
  const { uid } = await stat(located.dir);
  if (uid === user) return located;
  throw new RegistryError(
    'REGISTRY_NOT_OWNED',
    `The registry in ${located.dir} belongs to another user of this computer, so it isn't used. If you trust it, name it: --registry ${located.dir}, or the setting modelRegistry.registryPath.`,
    { details: { dir: located.dir } },
  );
}

/** By its `format.json`, or, where that was lost, by its log: opening it says what is wrong. */
export async function isRegistry(dir: string): Promise<boolean> {
  return (await isThere(join(dir, FORMAT_KEY))) || isThere(join(dir, commitKey(1)));
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    // EACCES: it is there, and opening it will say what is wrong.
    return systemErrorCode(error) === 'EACCES';
  }
}

/** The root of the repository around `folder`, by where its `.git` is and whatever its configuration names as its tree; undefined outside one. */
export async function gitRoot(folder: string): Promise<string | undefined> {
  for (let current = await existing(folder); ; current = dirname(current)) {
    if ((await gitDirAt(join(current, '.git'))) !== undefined) return current;
    if (dirname(current) === current) return undefined;
  }
}

/** The directory that all worktrees of the repository around `folder` share (gitrepository-layout(5)), or undefined outside one. */
export async function gitCommonDir(folder: string): Promise<string | undefined> {
  for (let current = await existing(folder); ; current = dirname(current)) {
    const dotGit = join(current, '.git');
    const gitDir = await gitDirAt(dotGit);
    if (gitDir !== undefined) {
      const common = await readSmall(join(gitDir, 'commondir'));
      if (common === undefined) return gitDir;
      const shared = resolve(gitDir, common.trim());
      if ((await readSmall(join(shared, 'HEAD'))) !== undefined) return shared;
    }
    if (dirname(current) === current) return undefined;
  }
}

async function existing(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    return resolve(folder);
  }
}

async function gitDirAt(dotGit: string): Promise<string | undefined> {
  try {
    const found = await stat(dotGit);
    if (found.isDirectory()) return (await readSmall(join(dotGit, 'HEAD'))) === undefined ? undefined : dotGit;
    const link = /^gitdir: (.+)$/m.exec((await readSmall(dotGit)) ?? '')?.[1];
    if (link === undefined || link.includes('\0')) return undefined;
    const gitDir = resolve(dirname(dotGit), link);
    // What a file says counts only where it leads to what git would take for a repository.
    return (await readSmall(join(gitDir, 'HEAD'))) === undefined ? undefined : gitDir;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function readSmall(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() && found.size < 65_536 ? await readFile(file, 'utf8') : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
