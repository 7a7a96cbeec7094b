import { readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { groupBy } from '../base/group-by.ts';
import { pathInside } from '../base/inside.ts';
import { splitPattern } from '../project/declared-paths.ts';

/** Folders of tools, which hold more than all else. */
const SKIPPED = /^(?:\..*|node_modules|venv|__pycache__|site-packages)$/;

/** A declared path that leads elsewhere. */
interface Link {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly target: string;
}

/**
 * By which other names files are reached through the links at and below declared places: a file that the patterns name may lie anywhere.
 * The function that is returned takes where a file really is, and gives names relative to `folder`.
 */
export async function namesByLinks(
  folder: string,
  patterns: readonly string[],
): Promise<(real: string) => readonly string[]> {
  const bases = new Set(patterns.map((pattern) => splitPattern(pattern).base));
  const links = (await Promise.all([...bases].map((base) => linksAt(folder, base)))).flat();
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

async function linksAt(folder: string, base: string): Promise<readonly Link[]> {
  const target = await realPlaceOf(join(folder, base));
  return [{ name: base, target }, ...(await linksBelow(target, base))];
}

async function linksBelow(place: string, name: string): Promise<readonly Link[]> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
  const found = entries.map(async (entry): Promise<readonly Link[]> => {
    const path = join(place, entry.name);
    const named = name === '.' ? entry.name : `${name}/${entry.name}`;
    if (entry.isSymbolicLink()) return [{ name: named, target: await realPlaceOf(path) }];
    return entry.isDirectory() && !SKIPPED.test(entry.name) ? linksBelow(path, named) : [];
  });
  return (await Promise.all(found)).flat();
}
