import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { SubmoduleLineage } from '../catalog/read-models/lineage.ts';
import { asLine } from './as-line.ts';
import { askGit } from './git-process.ts';
import { gitIn, hasChanges } from './git-status.ts';
import { indexMarksOf } from './index-marks.ts';

/** As many as the log has of a version. */
const MAX_RECORDED = 50;
/** Reading one takes git a few processes. */
const MAX_READ = 500;
const AT_ONCE = 4;
const MAX_PATH = 4096;
/** Of submodules in submodules. */
const MAX_DEPTH = 10;

/**
 * The submodules that are checked out in the repository at `top`, also those that `.gitmodules` doesn't name: the commit of each, and whether it, or one in it, has changes
 * that aren't in its commit. Where there are more than can be recorded, those with changes are before others.
 */
export async function readSubmodules(top: string, marks = indexMarksOf(top)): Promise<readonly SubmoduleLineage[]> {
  // Where git can't list what it tracks, the code counts as changed, whatever is known of submodules.
  const found = await submodulesIn(top, MAX_DEPTH, marks).catch(() => []);
  if (found.length <= MAX_RECORDED) return found;
  const isChanged = (submodule: SubmoduleLineage) => submodule.isDirty === true;
  const [changed, others] = [found.filter(isChanged), found.filter((submodule) => !isChanged(submodule))];
  return [...changed, ...others].slice(0, MAX_RECORDED);
}

async function submodulesIn(
  top: string,
  depth: number,
  marks: ReturnType<typeof indexMarksOf>,
): Promise<readonly SubmoduleLineage[]> {
  const links = [...(await marks()).links].slice(0, MAX_READ);
  const found: SubmoduleLineage[] = [];
  for (let at = 0; at < links.length; at += AT_ONCE) {
    const some = await Promise.all(links.slice(at, at + AT_ONCE).map((link) => submoduleAt(top, link, depth)));
    found.push(...some.filter((submodule) => submodule !== undefined));
  }
  return found;
}

/** Undefined where the folder is elsewhere, or nothing is checked out. */
async function submoduleAt(
  top: string,
  [path, linked]: readonly [string, string],
  depth: number,
): Promise<SubmoduleLineage | undefined> {
  try {
    const root = await realpath(top);
    const place = await realpath(join(root, path));
    if (!place.startsWith(root + sep)) return undefined;
    const named = asLine(path, MAX_PATH);
    const commit = await commitAt(place);
    if (commit === undefined)
      return (await readdir(place)).length === 0 ? undefined : { path: named, commit: linked, isDirty: true };
    const git = await gitIn(place);
    const marks = indexMarksOf(place);
    const isDirty =
      !git || (await hasChanges(git, place, undefined, marks)) || (await isChangedInside(place, depth, marks));
    return { path: named, commit, ...(isDirty ? { isDirty } : {}) };
  } catch {
    return undefined;
  }
}

/** Undefined where the folder is none of a repository's own: git would take it for one of the repository around it, and its files for none at all. */
async function commitAt(place: string): Promise<string | undefined> {
  try {
    const [commit = '', ...own] = (await askGit(place, ['rev-parse', 'HEAD', '--show-toplevel']))
      .toString()
      .split('\n');
    return (await realpath(own.slice(0, -1).join('\n'))) === place ? commit : undefined;
  } catch {
    return undefined;
  }
}

/** What can't be found out counts as changed. */
async function isChangedInside(place: string, depth: number, marks: ReturnType<typeof indexMarksOf>): Promise<boolean> {
  if (depth === 0) return true;
  try {
    return (await submodulesIn(place, depth - 1, marks)).some(({ isDirty }) => isDirty);
  } catch {
    return true;
  }
}
