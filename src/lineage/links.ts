import { readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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
  return (real) =>
    links.flatMap(({ name, target }) => {
      const way = pathInside(target, real);
      if (way === undefined) return [];
      return [way === '' ? name : name === '.' ? way : `${name}/${way}`];
    });
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
  const links: Link[] = [];
  for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) {
    const path = join(place, entry.name);
    const named = name === '.' ? entry.name : `${name}/${entry.name}`;
    if (entry.isSymbolicLink()) links.push({ name: named, target: await realPlaceOf(path) });
    else if (entry.isDirectory() && !SKIPPED.test(entry.name)) links.push(...(await linksBelow(path, named)));
  }
  return links;
}
