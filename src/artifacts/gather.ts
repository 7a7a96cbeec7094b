import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { throwIfCancelled } from './cancel.ts';
import { checkPaths, tooLarge } from './manifest.ts';
import { PULL_MARKER } from './manifest-path.ts';
import {
  danglingLink,
  differentDrives,
  invalidName,
  linkLoop,
  linkOutside,
  notForArtifacts,
  samePath,
  specialFile,
  unreadable,
} from './path-errors.ts';

/** A file to be taken into an artifact. */
export interface SourceFile {
  /** Its path in the manifest. */
  readonly path: string;
  readonly source: string;
}

export interface GatherOptions {
  /** A folder that is passed over where it lies below a path: the registry that takes the files. */
  readonly except?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Links can make few folders look like very many. */
const MAX_ENTRIES = 1_000_000;

/**
 * Lists the files under `paths` with their places in an artifact: the root is the folder, where one folder is given; else the folder
 * that all paths have in common; a single file goes by its base name. Links are followed inside the root only. Empty folders, `.git`
 * and the marker of a pull are left out.
 *
 * Throws `PATH_NOT_FOUND`, `PATH_UNREADABLE`, `ARTIFACT_EMPTY`, `ARTIFACT_LINK_LOOP`, `ARTIFACT_LINK_OUTSIDE`, `ARTIFACT_PATH_INVALID`,
 * `ARTIFACT_TOO_LARGE`, `OPERATION_CANCELLED`.
 */
export async function gatherFiles(
  paths: readonly string[],
  options: GatherOptions = {},
): Promise<readonly SourceFile[]> {
  if (paths.length === 0)
    throw new RegistryError('ARTIFACT_EMPTY', 'No file or folder was named. Name what training wrote.');
  const absolute = [...new Set(paths.map((path) => resolve(path)))];
  const given = await Promise.all(
    absolute.map(async (path) => ({ path, stats: await statOf(path), real: await realPathOf(path) })),
  );
  const root = commonFolder(given.map(({ path, stats }) => (stats.isDirectory() ? path : dirname(path))));
  const except = options.except === undefined ? undefined : await realpath(options.except).catch(() => undefined);
  const walk: Walk = {
    root,
    realRoot: await realPathOf(root),
    except,
    signal: options.signal,
    found: new Map(),
    entries: 0,
  };
  for (const { path, stats, real } of given) {
    // What `path` gave, below the registry, may be registered; the registry itself and git's own files may not.
    const isInRegistry = except !== undefined && real !== except && isInside(real, except);
    if (real === except || (real.split(sep).includes('.git') && !isInRegistry)) throw notForArtifacts(path);
    if (!isInside(real, walk.realRoot)) throw linkOutside(path, real, root);
    if (stats.isDirectory()) await walkFolder(walk, path, [real]);
    else if (stats.isFile()) add(walk, path);
    else throw specialFile(path);
  }
  if (walk.found.size === 0) {
    throw new RegistryError(
      'ARTIFACT_EMPTY',
      `${absolute.join(', ')} holds no file, so there is nothing to register. Nothing was changed.`,
    );
  }
  const found = [...walk.found.values()];
  checkPaths(found.map(({ path }) => path));
  return found;
}

interface Walk extends GatherOptions {
  readonly root: string;
  readonly realRoot: string;
  readonly found: Map<string, SourceFile>;
  entries: number;
}

function commonFolder(folders: readonly string[]): string {
  const [first = '', ...others] = folders;
  let root = first;
  for (const folder of others) {
    while (!isInside(folder, root)) {
      if (dirname(root) === root) throw differentDrives([first, folder]);
      root = dirname(root);
    }
  }
  return root;
}

/** `around` are the real paths of the folders that the walk is in, the last of them that of `folder`. */
async function walkFolder(walk: Walk, folder: string, around: readonly string[]): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    throwIfCancelled(walk.signal);
    walk.entries += 1;
    if (walk.entries > MAX_ENTRIES) throw tooLarge(walk.entries);
    if (isLeftOut(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.name.includes('\uFFFD')) await checkName(path);
    if (entry.isFile()) add(walk, path);
    else if (entry.isDirectory()) await enter(walk, path, join(around.at(-1) ?? folder, entry.name), around);
    else if (entry.isSymbolicLink()) await follow(walk, path, around);
    else throw specialFile(path);
  }
}

async function follow(walk: Walk, link: string, around: readonly string[]): Promise<void> {
  const target = await realPathOf(link);
  if (!isInside(target, walk.realRoot)) throw linkOutside(link, target, walk.root);
  const found = await statOf(link);
  if (found.isFile()) return add(walk, link);
  if (!found.isDirectory()) throw specialFile(link);
  if (around.includes(target)) throw linkLoop(link, target);
  await enter(walk, link, target, around);
}

async function enter(walk: Walk, folder: string, real: string, around: readonly string[]): Promise<void> {
  if (real !== walk.except) await walkFolder(walk, folder, [...around, real]);
}

function isLeftOut(name: string): boolean {
  return name === PULL_MARKER || name.toLowerCase() === '.git';
}

function add(walk: Walk, source: string): void {
  const path = relative(walk.root, source).split(sep).join('/').normalize('NFC');
  const known = walk.found.get(path);
  if (known && known.source !== source) throw samePath(path, [known.source, source]);
  walk.found.set(path, { path, source });
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Node shows bytes that are no UTF-8 as U+FFFD; such a name doesn't lead back to its file. */
async function checkName(path: string): Promise<void> {
  await lstat(path).catch(() => {
    throw invalidName(path);
  });
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

async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    throw systemErrorCode(cause) === 'ENOENT' ? danglingLink(path, cause) : unreadable(path, cause);
  }
}
