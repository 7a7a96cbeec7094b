import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { RegistryError, systemErrorCode } from '../base/errors.ts';

/** A file to be taken into an artifact. */
export interface SourceFile {
  /** Its path in the manifest. */
  readonly path: string;
  readonly source: string;
}

/**
 * Lists the files under `paths` with their places in an artifact: the root is the folder, where one folder is given; else the folder
 * that all paths have in common; a single file goes by its base name. Links are followed inside the root only, empty folders dropped.
 */
export async function gatherFiles(paths: readonly string[]): Promise<readonly SourceFile[]> {
  if (paths.length === 0)
    throw new RegistryError('ARTIFACT_EMPTY', 'No file or folder was named. Name what training wrote.');
  const absolute = [...new Set(paths.map((path) => resolve(path)))];
  const stats = await Promise.all(absolute.map(statOf));
  const root = rootOf(absolute, stats);
  const realRoot = await realpath(root);
  const found = new Map<string, SourceFile>();
  for (const [index, path] of absolute.entries()) {
    const walk: Walk = { root, realRoot, found };
    if (stats[index]?.isDirectory()) await walkFolder(walk, path, new Set([await realpath(path)]));
    else await addFile(walk, path, stats[index]);
  }
  if (found.size === 0) {
    throw new RegistryError(
      'ARTIFACT_EMPTY',
      `${absolute.join(', ')} holds no file, so there is nothing to register. Nothing was changed.`,
    );
  }
  return [...found.values()];
}

interface Walk {
  readonly root: string;
  readonly realRoot: string;
  readonly found: Map<string, SourceFile>;
}

function rootOf(paths: readonly string[], stats: readonly Stats[]): string {
  const [first = '', ...others] = paths.map((path, index) => (stats[index]?.isDirectory() ? path : dirname(path)));
  let root = first;
  for (const folder of others) {
    while (root !== folder && !folder.startsWith(root.endsWith(sep) ? root : root + sep)) root = dirname(root);
  }
  return root;
}

async function walkFolder(walk: Walk, folder: string, ancestors: ReadonlySet<string>): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile()) {
      add(walk, path);
      continue;
    }
    if (entry.isDirectory()) {
      await walkFolder(walk, path, new Set([...ancestors, await realpath(path)]));
      continue;
    }
    if (!entry.isSymbolicLink()) throw special(path);
    const target = await insideRoot(walk, path);
    const found = await statOf(path);
    if (!found.isDirectory()) {
      await addFile(walk, path, found);
      continue;
    }
    if (ancestors.has(target)) {
      throw new RegistryError(
        'ARTIFACT_LINK_LOOP',
        `${path} links back to ${target}, a folder around it. Remove the link and register again. Nothing was changed.`,
      );
    }
    await walkFolder(walk, path, new Set([...ancestors, target]));
  }
}

async function addFile(walk: Walk, path: string, found: Stats | undefined): Promise<void> {
  if (!found?.isFile()) throw special(path);
  if ((await lstat(path)).isSymbolicLink()) await insideRoot(walk, path);
  add(walk, path);
}

function add(walk: Walk, source: string): void {
  const path = relative(walk.root, source).split(sep).join('/').normalize('NFC');
  walk.found.set(path, { path, source });
}

async function insideRoot(walk: Walk, link: string): Promise<string> {
  let target: string;
  try {
    target = await realpath(link);
  } catch (cause) {
    throw unreadable(link, cause);
  }
  if (target === walk.realRoot || target.startsWith(walk.realRoot + sep)) return target;
  throw new RegistryError(
    'ARTIFACT_LINK_OUTSIDE',
    `${link} links to ${target}, outside of ${walk.root}. Put the file itself there and register again. Nothing was changed.`,
  );
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The error for a path that can't be read. */
export function unreadable(path: string, cause: unknown): RegistryError {
  switch (systemErrorCode(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new RegistryError(
        'PATH_NOT_FOUND',
        `${path} doesn't exist. Check the path, or train first. Nothing was changed.`,
        { cause },
      );
    case 'ELOOP':
      return new RegistryError(
        'ARTIFACT_LINK_LOOP',
        `${path} is a link that leads back to itself. Remove it and register again. Nothing was changed.`,
        { cause },
      );
    default:
      return new RegistryError(
        'PATH_UNREADABLE',
        `${path} can't be read (${systemErrorCode(cause) ?? 'unknown error'}). Check its permissions. Nothing was changed.`,
        { cause },
      );
  }
}

function special(path: string): RegistryError {
  return new RegistryError(
    'PATH_UNREADABLE',
    `${path} is neither a file nor a folder, so it can't be registered. Nothing was changed.`,
  );
}
