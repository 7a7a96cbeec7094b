import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../storage/durable.ts';
import { retryWhileBusy } from '../storage/system-errors.ts';
import { changeBetween, contentsOf } from './compare-folder.ts';
import { PULL_MARKER } from './manifest-path.ts';
import { modified, type PresentFolder } from './target-folder.ts';

const PREFIX = '.model-registry-pull-';
const LEFTOVER = /^\.model-registry-pull-[0-9a-f-]{36}(-old)?$/;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A path in `parent` for a folder that is written before it gets its place. */
export function temporaryFolder(parent: string): string {
  return join(parent, `${PREFIX}${randomUUID()}`);
}

/**
 * Puts the folder `fresh` where nothing or the folder `present` is. What was there is checked again, because somebody may have written
 * to it since; a throw leaves everything as it was. A crash between two renames leaves what was there in a folder beside it.
 */
export async function swapFolder(fresh: string, to: string, present: PresentFolder | undefined): Promise<void> {
  if (!present) {
    await retryWhileBusy(() => rename(fresh, to));
  } else if (present.mustStay) {
    await swapInside(fresh, to, present);
  } else {
    await chmod(fresh, present.mode);
    await swapWhole(fresh, to, present);
  }
  await syncFolder(dirname(to)).catch(() => undefined);
}

async function swapWhole(fresh: string, to: string, present: PresentFolder): Promise<void> {
  const aside = `${temporaryFolder(dirname(to))}-old`;
  await retryWhileBusy(() => rename(to, aside));
  try {
    // Another process that sweeps here must not take it for what was left a day ago, however long ago it was pulled.
    await utimes(aside, new Date(), new Date());
    await checkUnchanged(aside, to, present, false);
    await retryWhileBusy(() => rename(fresh, to));
  } catch (error) {
    await retryWhileBusy(() => rename(aside, to));
    throw error;
  }
  await removeOld(aside);
}

/** For a folder that has to stay itself: its entries are exchanged one by one, the marker last. `fresh` is inside it. */
async function swapInside(fresh: string, to: string, present: PresentFolder): Promise<void> {
  const aside = `${temporaryFolder(to)}-old`;
  const moved: { readonly from: string; readonly to: string }[] = [];
  const moveAll = async (names: readonly string[], from: string, target: string) => {
    for (const name of names) {
      const move = { from: join(from, name), to: join(target, name) };
      await retryWhileBusy(() => rename(move.from, move.to));
      moved.push(move);
    }
  };
  const ours = [basename(fresh), basename(aside)];
  await mkdir(aside);
  try {
    const old = (await readdir(to)).filter((name) => !ours.includes(name));
    await moveAll(old, to, aside);
    await checkUnchanged(aside, to, present, true);
    const names = await readdir(fresh);
    await moveAll(
      names.sort((a, b) => Number(a === PULL_MARKER) - Number(b === PULL_MARKER)),
      fresh,
      to,
    );
  } catch (error) {
    for (const move of moved.toReversed()) await retryWhileBusy(() => rename(move.to, move.from));
    await rmdir(aside);
    throw error;
  }
  await syncFolder(to);
  await removeOld(fresh);
  await removeOld(aside);
}

async function checkUnchanged(aside: string, to: string, present: PresentFolder, moved: boolean): Promise<void> {
  const now = await contentsOf(aside);
  const change = now ? changeBetween(present.contents, now, { moved }) : undefined;
  if (change !== undefined) throw modified(to, [change]);
}

/**
 * What can't be removed now is removed by `sweepLeftovers` another day. Half removed it would look like files that a person changed, so
 * it first loses the name under which such are kept.
 */
async function removeOld(folder: string): Promise<void> {
  const doomed = folder.replace(/-old$/, '');
  const isRenamed = await retryWhileBusy(() => rename(folder, doomed)).then(
    () => true,
    () => false,
  );
  await rm(isRenamed ? doomed : folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** Removes what killed processes left in `folder` more than a day ago, where `canRemove` agrees. */
export async function sweepLeftovers(folder: string, canRemove: (path: string) => Promise<boolean>): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => LEFTOVER.test(one))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (!found || found.mtimeMs > Date.now() - DAY_MS) continue;
    if (!name.endsWith('-old') || (await canRemove(path))) await removeOld(path);
  }
}
