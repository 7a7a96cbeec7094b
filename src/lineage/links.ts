import { opendir, readlink, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { groupBy } from '../base/group-by.ts';
import { pathInside } from '../base/inside.ts';
import { splitPattern } from '../project/declared-paths.ts';

/** Folders of tools, which hold more than all else. */
const SKIPPED = /^(?:\..*|node_modules|venv|__pycache__|site-packages)$/;

const BUFFER = 1024;
const AT_ONCE = 16;

/** A declared path that leads elsewhere. */
interface Link {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly target: string;
}

/** How much is looked at below one declared place. */
export interface LinksBound {
  /** Folders and links. */
  readonly maxPlaces: number;
  readonly maxEntries: number;
}

const BOUND: LinksBound = { maxPlaces: 20_000, maxEntries: 500_000 };

/** Takes where a file really is, and gives its names relative to the folder. */
export type OtherNames = (real: string) => readonly string[];

/**
 * By which other names files are reached through the links at and below declared places of `folder`: a file that the patterns name may lie anywhere. Undefined where
 * there is more below them than is looked at. Each place is read once, however often it is asked for.
 */
export function linksIn(
  folder: string,
  bound = BOUND,
): (patterns: readonly string[]) => Promise<OtherNames | undefined> {
  const read = new Map<string, Promise<readonly Link[] | undefined>>();
  const linksOf = (base: string): Promise<readonly Link[] | undefined> => {
    const links = read.get(base) ?? linksAt(folder, base, bound);
    read.set(base, links);
    return links;
  };
  return async (patterns) => {
    const links: Link[] = [];
    for (const base of new Set(patterns.map((pattern) => splitPattern(pattern).base))) {
      const found = await linksOf(base);
      if (!found) return undefined;
      for (const link of found) links.push(link);
    }
    return namesBy(links);
  };
}

function namesBy(links: readonly Link[]): OtherNames {
  // Where a tool keeps data by links there may be as many as there are files.
  const byTarget = groupBy(links, ({ target }) => target);
  return (real) =>
    upwards(real).flatMap((place) =>
      (byTarget.get(place) ?? []).map(({ name }) => {
        const way = pathInside(place, real) ?? '';
        return way === '' || name === '.' ? way || name : `${name}/${way}`;
      }),
    );
}

/** A path and all folders that it is in. */
function upwards(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...upwards(above)];
}

/** Where a path leads; what isn't there any more, where it would be. */
export async function realPlaceOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const target = await readlink(path).catch(() => undefined);
  const named = target === undefined ? path : resolve(dirname(path), target);
  const above = await realpath(dirname(named)).catch(() => undefined);
  return above === undefined ? named : join(above, named.slice(dirname(named).length));
}

/** Undefined where there is more than the bound. */
async function linksAt(folder: string, base: string, bound: LinksBound): Promise<readonly Link[] | undefined> {
  const target = await realPlaceOf(join(folder, base));
  const links: Link[] = [{ name: base, target }];
  const folders = [{ place: target, name: base }];
  let entryCount = 0;
  // More come while it goes on.
  for (const { place, name } of folders) {
    const found: { readonly path: string; readonly name: string }[] = [];
    try {
      for await (const entry of await opendir(place, { bufferSize: BUFFER })) {
        entryCount += 1;
        const inside = { path: join(place, entry.name), name: name === '.' ? entry.name : `${name}/${entry.name}` };
        if (entry.isSymbolicLink()) found.push(inside);
        else if (entry.isDirectory() && !SKIPPED.test(entry.name))
          folders.push({ place: inside.path, name: inside.name });
        if (entryCount > bound.maxEntries || folders.length + links.length + found.length > bound.maxPlaces)
          return undefined;
      }
    } catch {
      // A file, or nothing that can be read: training couldn't either.
    }
    for (let at = 0; at < found.length; at += AT_ONCE) {
      const some = found.slice(at, at + AT_ONCE);
      links.push(
        ...(await Promise.all(some.map(async (link) => ({ name: link.name, target: await realPlaceOf(link.path) })))),
      );
    }
  }
  return links;
}
