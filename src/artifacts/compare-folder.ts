import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationOptions } from '../base/progress.ts';
import { isAbsent } from '../storage/system-errors.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import type { ManifestFile } from './manifest.ts';

const READ_BYTES = 1024 * 1024;
const FILES_AT_ONCE = 4;

/** What a folder holds, for telling later whether any of it changed: a path, and an account of what is there, for each entry. */
export type FolderContents = ReadonlyMap<string, EntryContents>;

interface EntryContents {
  readonly kind: 'file' | 'other';
  readonly stats: BigIntStats;
}

/** Lists what isn't a folder in `folder` and below, without following links; undefined where there is no such folder. */
export async function contentsOf(folder: string): Promise<FolderContents | undefined> {
  const contents = new Map<string, EntryContents>();
  const walk = async (path: string, prefix: string) => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) await walk(inner, `${prefix}${entry.name}/`);
      else
        contents.set(prefix + entry.name, {
          kind: entry.isFile() ? 'file' : 'other',
          stats: await lstat(inner, { bigint: true }),
        });
    }
  };
  try {
    if (!(await lstat(folder)).isDirectory()) return undefined;
    await walk(folder, '');
    return contents;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * A path whose entry differs between the two, or undefined where they are the same. Where entries were `moved` in between, the time of
 * that can't be told from the time of a change that left size, time and place as they were.
 */
export function changeBetween(
  before: FolderContents,
  after: FolderContents,
  { moved }: { readonly moved: boolean },
): string | undefined {
  return [...new Set([...before.keys(), ...after.keys()])].find((path) => {
    const [old, now] = [before.get(path)?.stats, after.get(path)?.stats];
    if (!old || !now || old.ino !== now.ino || old.size !== now.size || old.mtimeNs !== now.mtimeNs) return true;
    return !moved && old.ctimeNs !== now.ctimeNs;
  });
}

export interface FolderComparison {
  /** The same files, with the same bytes and right to be executed, and no others. */
  readonly isExact: boolean;
  /** Paths that are not in `files`, or with other bytes. A file that is missing isn't among them. */
  readonly foreign: readonly string[];
}

/** Compares what a folder holds with a list of files, by their bytes; the file called `except` doesn't count. */
export async function compareFolder(
  folder: string,
  contents: FolderContents,
  files: readonly ManifestFile[],
  { except, onProgress, signal }: OperationOptions & { readonly except?: string } = {},
): Promise<FolderComparison> {
  const wanted = new Map(files.map((file) => [file.path, file]));
  const foreign: string[] = [];
  const present: { readonly place: string; readonly file: ManifestFile }[] = [];
  let isExact = true;
  for (const [place, { kind, stats }] of contents) {
    if (place === except) continue;
    // Some file systems give names back in another Unicode normal form.
    const file = wanted.get(place.normalize('NFC'));
    if (!file || kind !== 'file' || stats.size !== BigInt(file.size)) {
      foreign.push(place);
      continue;
    }
    present.push({ place, file });
    if (process.platform !== 'win32' && ((stats.mode & 0o100n) !== 0n) !== (file.exec === true)) isExact = false;
  }
  const totalBytes = present.reduce((sum, { file }) => sum + file.size, 0);
  let doneBytes = 0;
  const onBytes = (count: number) => {
    doneBytes += count;
    onProgress?.({ step: 'Checking', doneBytes, totalBytes });
  };
  await eachOf(present, FILES_AT_ONCE, async ({ place, file }) => {
    if ((await hashOf(join(folder, place), onBytes, signal)) !== file.sha256) foreign.push(place);
  });
  return { isExact: isExact && foreign.length === 0 && present.length === files.length, foreign: foreign.sort() };
}

async function hashOf(
  path: string,
  onBytes: (count: number) => void,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const hash = createHash('sha256');
      const buffer = new Uint8Array(READ_BYTES);
      for (;;) {
        throwIfCancelled(signal);
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) return hash.digest('hex');
        hash.update(buffer.subarray(0, bytesRead));
        onBytes(bytesRead);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
