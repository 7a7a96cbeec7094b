import { randomUUID } from 'node:crypto';
import { lstat, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { PULL_MARKER } from '../artifacts/manifest-path.ts';
import { RegistryError } from '../base/errors.ts';
import { makeFolders } from '../storage/make-folders.ts';
import { readRegular } from '../storage/regular-file.ts';
import { hasCode, isAbsent, retryWhileBusy } from '../storage/system-errors.ts';

/** What can be seen of a target without changing anything. */
export interface TargetView {
  readonly link: string;
  /** The folder of an artifact. */
  folderOf(digest: string): string;
  /** Where the link leads; undefined where there is none. */
  current(): Promise<string | undefined>;
  /** What was settled in `folder`. */
  settled(folder: string): Promise<Served | undefined>;
}

/** A link that programs read through, and the folders beside it that it may lead to. */
export interface Target extends TargetView {
  switchTo(folder: string): Promise<void>;
  clear(): Promise<void>;
  /** Says that the command after the switch to `folder` has ended well. */
  settle(folder: string, served: Served): Promise<void>;
  /** Removes the folders of versions that aren't in `kept`. */
  sweep(kept: readonly (string | undefined)[]): Promise<void>;
}

/** What a folder holds, and since when it is served. */
export interface Served {
  readonly model: { readonly id: string; readonly name: string };
  readonly version: string;
  /** Of the version, where it had one. */
  readonly number?: number;
  readonly artifact: string;
  readonly since: string;
  /** What the files were when they were verified (`fingerprintOf`). */
  readonly fingerprint?: string;
}

/** Hex digits of the digest in the names of folders. */
const DIGITS = 16;
const FOLDER = /^[0-9a-f]{16}(\.done)?$/;
const FRESH_LINK = /^link-(\d+)$/;
const servedSchema = v.object({
  model: v.object({ id: v.string(), name: v.string() }),
  version: v.string(),
  number: v.exactOptional(v.number()),
  artifact: v.string(),
  since: v.string(),
  fingerprint: v.exactOptional(v.string()),
});
/** No mark of ours is longer. */
const MAX_MARK_BYTES = 64 * 1024;

/** A target as it is, whoever made it. */
export function viewOfTarget(to: string): TargetView {
  const link = resolve(to);
  const parent = dirname(link);
  const prefix = prefixOf(link);
  return {
    link,
    folderOf: (digest) => `${prefix}${digest.slice(0, DIGITS)}`,
    current: () => leadsTo(link, parent, prefix),
    settled: async (folder) => servedIn(await readMark(doneMark(folder))),
  };
}

/**
 * `to` as a link that `switchTo` leads elsewhere in one step. A name that another program made is left alone: throws `TARGET_NOT_LINK`.
 * On Windows the link is a junction, which needs no privilege and can't replace another in one step: for a moment there is none, and a
 * call that was interrupted then is finished by the next one.
 */
export async function openTarget(to: string, { isWindows = process.platform === 'win32' } = {}): Promise<Target> {
  const view = viewOfTarget(to);
  const { link } = view;
  const parent = dirname(link);
  const prefix = prefixOf(link);
  await makeFolders(parent);

  /** What a process left that was ended in the middle of a switch. */
  async function finishSwitch(): Promise<void> {
    for (const name of await readdir(parent)) {
      const fresh = join(parent, name);
      if (!fresh.startsWith(prefix) || !FRESH_LINK.test(fresh.slice(prefix.length))) continue;
      const isMissing = (await view.current()) === undefined && !(await exists(link));
      if (isMissing && (await leadsTo(fresh, parent, prefix)) !== undefined) await rename(fresh, link);
      else await rm(fresh, { force: true });
    }
  }

  await finishSwitch();
  if ((await exists(link)) && (await view.current()) === undefined) {
    throw new RegistryError(
      'TARGET_NOT_LINK',
      `${link} is there already and wasn't made by Model Registry, so it is left alone. Choose a name that is free, or move what is there away: the name becomes a link to the folder of the version that serves.`,
    );
  }
  return {
    ...view,
    async switchTo(folder) {
      const fresh = `${prefix}link-${process.pid}`;
      await rm(fresh, { force: true });
      await symlink(isWindows ? folder : basename(folder), fresh, isWindows ? 'junction' : 'dir');
      if (isWindows) await rm(link, { force: true });
      await retryWhileBusy(() => rename(fresh, link));
    },
    clear: () => rm(link, { force: true }),
    async settle(folder, served) {
      // Put there by a rename: a link in its place, which anybody may have made, isn't written through.
      const fresh = `${prefix}mark-${randomUUID()}`;
      try {
        await writeFile(fresh, JSON.stringify(served), { flag: 'wx' });
        await retryWhileBusy(() => rename(fresh, doneMark(folder)));
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
    },
    async sweep(kept) {
      for (const name of await readdir(parent)) {
        const path = join(parent, name);
        const isOurs = path.startsWith(prefix) && FOLDER.test(path.slice(prefix.length));
        if (!isOurs || kept.includes(path.replace(/\.done$/, ''))) continue;
        // What no pull wrote isn't ours, whatever it is called.
        if (!path.endsWith('.done') && !(await exists(join(path, PULL_MARKER)))) continue;
        try {
          await rm(path, { recursive: true, force: true });
        } catch (error) {
          // A program still has its files open, which Windows doesn't allow to remove: it goes after a later switch.
          if (!hasCode(error, 'EBUSY', 'EPERM', 'EACCES', 'ENOTEMPTY')) throw error;
        }
      }
    },
  };
}

function prefixOf(link: string): string {
  return join(dirname(link), `.${basename(link)}-`);
}

/** Where a link leads, if to a folder of the target. */
async function leadsTo(path: string, parent: string, prefix: string): Promise<string | undefined> {
  try {
    const found = resolve(parent, await readlink(path));
    return found.startsWith(prefix) && !found.slice(prefix.length).match(/[\\/]/) ? found : undefined;
  } catch (error) {
    // Not a link, or nothing.
    if (isAbsent(error) || hasCode(error, 'EINVAL', 'UNKNOWN')) return undefined;
    throw error;
  }
}

async function readMark(file: string): Promise<string | undefined> {
  try {
    const found = await lstat(file);
    return found.isFile() && found.size <= MAX_MARK_BYTES ? await readRegular(file) : undefined;
  } catch {
    // Nothing there, or nothing that we wrote: what it would say isn't known.
    return undefined;
  }
}

/** Stands beside a folder whose command has ended well. */
function doneMark(folder: string): string {
  return `${folder}.done`;
}

function servedIn(text: string | undefined): Served | undefined {
  try {
    return text === undefined ? undefined : v.parse(servedSchema, JSON.parse(text));
  } catch {
    // Half-written: the command is run once more.
    return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
