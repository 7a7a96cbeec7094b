import { type FSWatcher as FolderWatcher, watch as watchFolder } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { type FSWatcher as TreeWatcher, watch as watchTree } from 'chokidar';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { splitPattern } from '../project/declared-paths.ts';
import { isIgnored, placeInside } from './output-files.ts';

const MAX_DEPTH = 20;

export interface WatchedPlaces {
  /** Watches what has appeared since, and anew what was replaced. */
  arm(): Promise<void>;
  close(): Promise<void>;
}

interface PlacesOptions {
  readonly root: string;
  readonly patterns: readonly string[];
  /** A path relative to the root that may have changed. */
  readonly onChange: (path: string) => void;
  /** Another place is watched from now on: what changed there before went unseen. */
  readonly onWatched: () => void;
  /** The system refuses to watch. */
  readonly onRefused: (error: unknown) => void;
}

interface Watched {
  /** Tells a folder from another one that took its place. */
  readonly identity: string;
  readonly close: () => Promise<void> | void;
}

/**
 * Watches the folders that the patterns start from with what can match below, and, without what is below, the folders above them: that is
 * where a folder appears that training makes, or takes away and makes anew.
 */
export function watchPlaces(options: PlacesOptions): WatchedPlaces {
  const { root } = options;
  const watched = new Map<string, Watched>();
  let arming: Promise<void> | undefined;
  let isArmingAgain = false;
  let isClosed = false;

  const shallow = (base: string, folder: string): (() => void) => {
    const watcher: FolderWatcher = watchFolder(folder, (_event, name) => {
      if (name !== null) options.onChange(base === '.' ? name : `${base}/${name}`);
      void arm();
    });
    watcher.on('error', (error) => void failed(base, error));
    options.onWatched();
    return () => watcher.close();
  };

  const deep = (base: string, folder: string, depth: number): (() => Promise<void>) => {
    const watcher: TreeWatcher = watchTree(folder, {
      depth,
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (path) => path !== folder && isIgnored(relative(folder, path)),
    });
    watcher.on('error', (error) => void failed(base, error));
    watcher.on('ready', options.onWatched);
    watcher.on('all', (_event, path) => {
      const below = relative(folder, path).split(sep).join('/');
      options.onChange([base, below].filter((part) => part !== '.' && part !== '').join('/'));
      if (below === '') void arm();
    });
    return () => watcher.close();
  };

  /** Windows reports an error where a watched folder is removed: that is a change, and no refusal. */
  async function failed(base: string, error: unknown): Promise<void> {
    const folder = await folderAt(root, base).catch(() => undefined);
    if (folder && [...watched.values()].some(({ identity }) => identity === folder.identity)) options.onRefused(error);
    else await arm();
  }

  async function armOne(key: string, base: string, start: (folder: string) => Watched['close']): Promise<void> {
    try {
      const folder = await folderAt(root, base);
      const before = watched.get(key);
      if (before?.identity === folder?.identity || isClosed) return;
      watched.delete(key);
      await before?.close();
      if (folder && !isClosed) watched.set(key, { identity: folder.identity, close: start(folder.path) });
    } catch (error) {
      // What went again comes back with an event of the folder above; what leads out of the workspace is reported where it is read.
      if (systemErrorCode(error) !== 'ENOENT' && !RegistryError.is(error)) options.onRefused(error);
    }
  }

  async function armAll(): Promise<void> {
    for (const pattern of options.patterns) {
      const { base, rest } = splitPattern(pattern);
      for (const above of foldersAbove(base)) await armOne(`${above}\0`, above, (folder) => shallow(above, folder));
      const depth = rest === '' || rest.includes('**') ? MAX_DEPTH : rest.split('/').length - 1;
      await armOne(`${base}\0${depth}`, base, (folder) => deep(base, folder, depth));
    }
  }

  function arm(): Promise<void> {
    isArmingAgain = arming !== undefined;
    arming ??= armAll().finally(() => {
      arming = undefined;
      if (isArmingAgain) void arm();
    });
    return arming;
  }

  return {
    arm,
    async close() {
      isClosed = true;
      await arming;
      await Promise.all([...watched.values()].map(({ close }) => close()));
    },
  };
}

/** From the root down to the folder that holds `base`. */
function foldersAbove(base: string): readonly string[] {
  if (base === '.') return [];
  const above: string[] = [];
  for (let folder = dirname(base); folder !== '.'; folder = dirname(folder)) above.unshift(folder);
  return ['.', ...above];
}

/** Undefined where nothing is there, or no folder. */
async function folderAt(
  root: string,
  base: string,
): Promise<{ readonly path: string; readonly identity: string } | undefined> {
  const path = await placeInside(root, base);
  if (path === undefined) return undefined;
  const found = await stat(path);
  return found.isDirectory() ? { path, identity: `${path}\0${found.ino}\0${found.birthtimeMs}` } : undefined;
}
