import { lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { hasCode, isAbsent, retryWhileBusy } from '../storage/system-errors.ts';

/** A link that programs read through, and the folders beside it that it may lead to. */
export interface Target {
  readonly link: string;
  /** The folder of an artifact. */
  folderOf(digest: string): string;
  /** Where the link leads; undefined where there is none. */
  current(): Promise<string | undefined>;
  switchTo(folder: string): Promise<void>;
  clear(): Promise<void>;
  /** Says that the command after the switch to `folder` has ended well. */
  settle(folder: string, served: Served): Promise<void>;
  /** What was settled in `folder`. */
  settled(folder: string): Promise<Served | undefined>;
  /** Removes the folders of versions that aren't in `kept`. */
  sweep(kept: readonly (string | undefined)[]): Promise<void>;
}

/** What a folder holds, and since when it is served. */
export interface Served {
  readonly model: { readonly id: string; readonly name: string };
  readonly version: string;
  readonly artifact: string;
  readonly since: string;
}

/** Hex digits of the digest in the names of folders. */
const DIGITS = 16;
const FOLDER = /^[0-9a-f]{16}(\.done)?$/;
const FRESH_LINK = /^link-(\d+)$/;
const servedSchema = v.object({
  model: v.object({ id: v.string(), name: v.string() }),
  version: v.string(),
  artifact: v.string(),
  since: v.string(),
});

/**
 * `to` as a link that `switchTo` leads elsewhere in one step. A name that another program made is left alone: throws `TARGET_NOT_LINK`.
 * On Windows the link is a junction, which needs no privilege and can't replace another in one step: for a moment there is none, and a
 * call that was interrupted then is finished by the next one.
 */
export async function openTarget(to: string, { isWindows = process.platform === 'win32' } = {}): Promise<Target> {
  const link = resolve(to);
  const parent = dirname(link);
  const prefix = join(parent, `.${basename(link)}-`);
  await mkdir(parent, { recursive: true });

  async function leadsTo(path: string): Promise<string | undefined> {
    try {
      const found = resolve(parent, await readlink(path));
      return found.startsWith(prefix) ? found : undefined;
    } catch (error) {
      // Not a link, or nothing.
      if (isAbsent(error) || hasCode(error, 'EINVAL', 'UNKNOWN')) return undefined;
      throw error;
    }
  }

  /** What a process left that was ended in the middle of a switch. */
  async function finishSwitch(): Promise<void> {
    for (const name of await readdir(parent)) {
      const fresh = join(parent, name);
      if (!fresh.startsWith(prefix) || !FRESH_LINK.test(fresh.slice(prefix.length))) continue;
      const isMissing = (await leadsTo(link)) === undefined && !(await exists(link));
      if (isMissing && (await leadsTo(fresh)) !== undefined) await rename(fresh, link);
      else await rm(fresh, { force: true });
    }
  }

  await finishSwitch();
  if ((await exists(link)) && (await leadsTo(link)) === undefined) {
    throw new RegistryError(
      'TARGET_NOT_LINK',
      `${link} is there already and wasn't made by \`follow\`, so it is left alone. Choose a name that is free: it becomes a link to the folder of the version that serves.`,
    );
  }
  return {
    link,
    folderOf: (digest) => `${prefix}${digest.slice(0, DIGITS)}`,
    current: () => leadsTo(link),
    async switchTo(folder) {
      const fresh = `${prefix}link-${process.pid}`;
      await rm(fresh, { force: true });
      await symlink(isWindows ? folder : basename(folder), fresh, isWindows ? 'junction' : 'dir');
      if (isWindows) await rm(link, { force: true });
      await retryWhileBusy(() => rename(fresh, link));
    },
    clear: () => rm(link, { force: true }),
    settle: (folder, served) => writeFile(doneMark(folder), JSON.stringify(served)),
    settled: async (folder) => servedIn(await readFile(doneMark(folder), 'utf8').catch(() => undefined)),
    async sweep(kept) {
      for (const name of await readdir(parent)) {
        const path = join(parent, name);
        const isOurs = path.startsWith(prefix) && FOLDER.test(path.slice(prefix.length));
        if (!isOurs || kept.includes(path.replace(/\.done$/, ''))) continue;
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
