import * as v from 'valibot';
import { jsonIfAny } from '../../base/json-if-any.ts';
import { nameOf, parentOf, pathBelow } from '../../runs/paths.ts';
import type { RunFiles } from '../../runs/run-files.ts';
import type { StagedFile } from '../found.ts';
import type { DvcEntry } from './dvc-files.ts';

const MAX_LIST_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 2000;
const listSchema = v.array(v.object({ md5: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)), relpath: v.string() }));

export interface CachedFiles {
  readonly staged: readonly StagedFile[];
  readonly sizeBytes: number;
}

/** The files of an entry in DVC's cache, in the nearest `.dvc` above; undefined where they aren't all there. */
export async function cachedFiles(path: string, { md5 }: DvcEntry, files: RunFiles): Promise<CachedFiles | undefined> {
  const cache = await cacheAbove(parentOf(path), files);
  if (cache === undefined) return undefined;
  const whole = await objectIn(cache, md5, files);
  if (!whole) return undefined;
  if (!md5.endsWith('.dir')) return { staged: [{ from: whole.path, path: nameOf(path) }], sizeBytes: whole.sizeBytes };
  const listed = v.safeParse(listSchema, jsonIfAny((await files.readText(whole.path, MAX_LIST_BYTES)) ?? ''));
  if (!listed.success || listed.output.length > MAX_FILES) return undefined;
  const staged: StagedFile[] = [];
  let sizeBytes = 0;
  for (const entry of listed.output) {
    const object = await objectIn(cache, entry.md5, files);
    if (!object || entry.relpath.split(/[\\/]/).includes('..')) return undefined;
    staged.push({ from: object.path, path: entry.relpath });
    sizeBytes += object.sizeBytes;
  }
  return { staged, sizeBytes };
}

async function cacheAbove(folder: string, files: RunFiles): Promise<string | undefined> {
  for (let at = folder; ; at = parentOf(at)) {
    const cache = pathBelow(at, '.dvc/cache');
    if ((await files.stat(cache))?.isFolder) return cache;
    if (at === '') return undefined;
  }
}

/** DVC 3 keeps objects in `files/md5`, DVC 2 in the cache itself. */
async function objectIn(cache: string, md5: string, files: RunFiles) {
  for (const place of [`${cache}/files/md5`, cache]) {
    const path = `${place}/${md5.slice(0, 2)}/${md5.slice(2)}`;
    const stat = await files.stat(path);
    if (stat && !stat.isFolder) return { path, sizeBytes: stat.sizeBytes };
  }
  return undefined;
}
