import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { jsonIfAny } from '../../base/json-if-any.ts';
import { comparedPackageName } from '../../base/package-name.ts';
import { withoutCredentials } from '../git.ts';
import type { PackageFolder } from './search-path.ts';
import { headOf, isFile, namesIn } from './small-file.ts';
import { normalVersion } from './version.ts';

const MAX_PACKAGES = 3000;
/** Name and version stand in the first lines. */
const FIRST_BYTES = 1024;
const HEADER_BYTES = 256 * 1024;
const MAX_LENGTH = 256;

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly origin?: Origin;
}

/** Where a package was installed from, where that isn't an index. */
export interface Origin {
  readonly isEditable?: true;
  readonly commit?: string;
  readonly url?: string;
  readonly sha256?: string;
  /** Absolute: where its code lies on this machine. */
  readonly folder?: string;
}

/** What pip leaves out of its list: parts of Python itself. */
const OF_PYTHON: ReadonlySet<string> = new Set(['python', 'argparse', 'wsgiref']);

/**
 * The packages installed in these folders, as `pip list` shows them: by name, in the version that Python finds first. Read from their
 * metadata (`dist-info`, `egg-info`); Python isn't started.
 */
export function installedIn(folders: readonly PackageFolder[]): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  for (const place of folders) {
    for (const entry of packagesIn(place)) {
      const key = comparedPackageName(entry.name);
      if (!found.has(key) && !OF_PYTHON.has(key)) found.set(key, entry);
      if (found.size >= MAX_PACKAGES) break;
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, entry]) => entry);
}

function packagesIn({ folder, isLinked }: PackageFolder): readonly InstalledPackage[] {
  if (folder.endsWith('.egg')) return packageOf(join(folder, 'EGG-INFO', 'PKG-INFO'), {});
  return namesIn(folder).flatMap((name) => {
    // A name that begins otherwise is what a broken installation left behind.
    if (!/^[a-z0-9]/i.test(name)) return [];
    const place = join(folder, name);
    if (name.endsWith('.dist-info')) {
      const stated = packageOf(join(place, 'METADATA'), () => originOf(place));
      return stated.length > 0 || !namesIn(place).includes('METADATA') ? stated : packageOfFolder(name);
    }
    if (!name.endsWith('.egg-info')) return [];
    const origin: Origin = isLinked ? { isEditable: true, folder } : {};
    return packageOf(isFile(place) ? place : join(place, 'PKG-INFO'), origin);
  });
}

/** Name and version from the header of a METADATA or PKG-INFO file (core metadata). */
function packageOf(file: string, origin: Origin | (() => Origin)): readonly InstalledPackage[] {
  const { name, version } = namedIn(headOf(file, FIRST_BYTES)) ?? namedIn(headOf(file, HEADER_BYTES)) ?? {};
  if (name === undefined || version === undefined || name.length > MAX_LENGTH || version.length > MAX_LENGTH) return [];
  const from = typeof origin === 'function' ? origin() : origin;
  return [{ name, version: normalVersion(version), ...(Object.keys(from).length === 0 ? {} : { origin: from }) }];
}

/** By the folder's name, where a METADATA is there and says nothing: its code is there to be imported all the same. */
function packageOfFolder(folder: string): readonly InstalledPackage[] {
  const [, name, version] = /^([\w.]{1,256})-([\w.+!]{1,256})\.dist-info$/.exec(folder) ?? [];
  return name === undefined || version === undefined ? [] : [{ name, version: normalVersion(version) }];
}

function namedIn(text: string | undefined): { readonly name: string; readonly version: string } | undefined {
  if (text === undefined) return undefined;
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const name = NAME.exec(text);
  const version = VERSION.exec(text);
  if (!name || !version || name.index > end || version.index > end) return undefined;
  const [named, numbered] = [name[1], version[1]];
  return named === undefined || numbered === undefined ? undefined : { name: named, version: numbered };
}

const NAME = /^Name:[ \t]*([\w.-]+)[ \t]*\r?$/im;
const VERSION = /^Version:[ \t]*([\w.+!-]+)[ \t]*\r?$/im;

const MAX_URL_BYTES = 16 * 1024;
const hex = (length: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${length}}$`)));
const directUrlSchema = v.object({
  url: v.string(),
  dir_info: v.fallback(v.optional(v.object({ editable: v.optional(v.boolean()) })), undefined),
  vcs_info: v.fallback(v.optional(v.object({ commit_id: v.pipe(v.string(), v.regex(/^[\w.-]{1,128}$/)) })), undefined),
  archive_info: v.fallback(
    v.optional(
      v.object({
        hashes: v.fallback(v.optional(v.object({ sha256: v.optional(hex(64)) })), undefined),
        hash: v.fallback(v.optional(v.string()), undefined),
      }),
    ),
    undefined,
  ),
});

/** What `direct_url.json` says (the specification "Recording the Direct URL Origin of installed distributions"). */
function originOf(info: string): Origin {
  const text = headOf(join(info, 'direct_url.json'), MAX_URL_BYTES);
  if (text === undefined) return {};
  const parsed = v.safeParse(directUrlSchema, jsonIfAny(text));
  if (!parsed.success) return {};
  const { url, dir_info, vcs_info, archive_info } = parsed.output;
  const folder = dir_info ? folderOf(url) : undefined;
  if (folder !== undefined) return { folder, ...(dir_info?.editable ? { isEditable: true as const } : {}) };
  const sha256 = archive_info?.hashes?.sha256 ?? /^sha256=([0-9a-f]{64})$/.exec(archive_info?.hash ?? '')?.[1];
  const shown = url.startsWith('file:') ? undefined : withoutCredentials(url);
  return {
    ...(vcs_info ? { commit: vcs_info.commit_id } : {}),
    ...(shown === undefined ? {} : { url: shown.slice(0, 2048) }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

function folderOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
