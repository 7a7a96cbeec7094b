import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { isSha256Hex } from '../base/hash.ts';
import type { OperationOptions } from '../base/progress.ts';
import { readRegular } from '../storage/regular-file.ts';
import { hasCode, isAbsent } from '../storage/system-errors.ts';
import { compareFolder, contentsOf, type FolderContents } from './compare-folder.ts';
import { type ManifestFile, manifestFileSchema } from './manifest.ts';
import { PULL_MARKER } from './manifest-path.ts';

/** What stands where an artifact is to be written. */
export type Target =
  | { readonly kind: 'absent' }
  | (PresentFolder & { readonly kind: 'empty' })
  | (PresentFolder & {
      readonly kind: 'pulled';
      readonly digest: string;
      /** Nothing is missing from it either. */
      readonly isExact: boolean;
    });

export interface PresentFolder {
  /** The folder itself has to stay: it is a mount point, or this process works in it. */
  readonly mustStay: boolean;
  readonly mode: number;
  readonly contents: FolderContents;
}

const markerSchema = v.object({ digest: v.pipe(v.string(), v.check(isSha256Hex)), files: v.array(manifestFileSchema) });

/** What the marker of a folder says that the pull wrote. */
export function markerText(digest: string, files: readonly ManifestFile[]): string {
  return `${JSON.stringify({ digest, files })}\n`;
}

/**
 * Looks at what is at `to`. Throws `TARGET_NOT_FOLDER`, `TARGET_NOT_EMPTY` for a folder that no pull wrote, and `TARGET_MODIFIED` for one
 * that somebody changed or added files to since.
 */
export async function inspectTarget(to: string, options: OperationOptions): Promise<Target> {
  const found = await statOf(to);
  if (!found) return { kind: 'absent' };
  if (!found.isDirectory()) {
    const what = found.isSymbolicLink() ? 'a link' : 'a file';
    throw new RegistryError(
      'TARGET_NOT_FOLDER',
      `${to} is ${what}, not a folder, so it is left alone. Choose a new or empty folder.`,
    );
  }
  const contents = await contentsOf(to);
  if (!contents) return { kind: 'absent' };
  const folder = { contents, mode: found.mode & 0o777, mustStay: await mustStay(to, found) };
  if ((await readdir(to)).length === 0) return { kind: 'empty', ...folder };
  const marker = contents.has(PULL_MARKER) ? await readMarker(join(to, PULL_MARKER)) : undefined;
  if (!marker) {
    throw new RegistryError(
      'TARGET_NOT_EMPTY',
      `${to} isn't empty and wasn't written by Model Registry, so it is left alone. Choose a new or empty folder.`,
    );
  }
  const { isExact, foreign } = await compareFolder(to, contents, marker.files, { ...options, except: PULL_MARKER });
  if (foreign.length > 0) throw modified(to, foreign);
  return { kind: 'pulled', digest: marker.digest, isExact, ...folder };
}

/** The error for a folder whose `paths` were changed or added since it was pulled. */
export function modified(to: string, paths: readonly string[]): RegistryError {
  const others = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  return new RegistryError(
    'TARGET_MODIFIED',
    `${paths[0]}${others} in ${to} changed or was added since it was pulled, so the folder is left alone. Move your files away, or choose another folder.`,
    { details: { paths: paths.slice(0, 20) } },
  );
}

/** The error for a system error on the way to `to`. */
export function targetError(to: string, cause: unknown): unknown {
  if (RegistryError.is(cause)) return cause;
  const code = systemErrorCode(cause);
  if (code === undefined) return cause;
  const unchanged = 'Nothing was changed.';
  if (hasCode(cause, 'ENOSPC', 'EDQUOT')) {
    return new RegistryError(
      'TARGET_FULL',
      `There is no space left to write ${to}. Free some and try again. ${unchanged}`,
      { cause },
    );
  }
  if (hasCode(cause, 'ENOTEMPTY', 'EEXIST')) {
    return new RegistryError(
      'TARGET_NOT_EMPTY',
      `Something else was written to ${to} meanwhile, so it is left alone. Try again, or choose another folder.`,
      { cause },
    );
  }
  return new RegistryError(
    'TARGET_UNWRITABLE',
    `${to} can't be written (${code}). Check the path and its permissions, or choose another folder. ${unchanged}`,
    { cause },
  );
}

async function readMarker(file: string): Promise<v.InferOutput<typeof markerSchema> | undefined> {
  try {
    const parsed = v.safeParse(markerSchema, JSON.parse(await readRegular(file)));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isAbsent(error)) return undefined;
    throw error;
  }
}

/** Replacing the folder would leave a shell that works in it in one that is gone; a mount point can't be replaced. */
async function mustStay(to: string, found: Stats): Promise<boolean> {
  const here = await stat('.').catch(() => undefined);
  if (here?.ino === found.ino && here.dev === found.dev) return true;
  return (await stat(dirname(to))).dev !== found.dev;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
