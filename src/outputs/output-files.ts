import { lstat, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { isInside } from '../base/inside.ts';
import { splitPattern } from '../project/declared-paths.ts';

/** Folders that hold no outputs, whatever a glob says. */
const IGNORED_FOLDERS: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.venv',
  'venv',
  '__pycache__',
  '.model-registry',
  'site-packages',
  '.ipynb_checkpoints',
]);
const TEMPORARY = /^\.|~$|\.(tmp|temp|part|partial|crdownload|lock|swp)$|\.tmp[-.]/i;

/** True for a path below a declared place that is never an output: temporary, hidden, or in a folder of tools. */
export function isIgnored(path: string): boolean {
  const names = path.split(/[\\/]/);
  return names.some((name) => IGNORED_FOLDERS.has(name)) || TEMPORARY.test(names.at(-1) ?? '');
}

/**
 * Where a declared path really is, or undefined where nothing is there. Throws `PATH_OUTSIDE_WORKSPACE` for what a link leads out of
 * the workspace: a project file must not be able to name other files of this person.
 */
export async function placeInside(root: string, path: string): Promise<string | undefined> {
  try {
    const [realRoot, real] = await Promise.all([realpath(root), realpath(join(root, path))]);
    if (isInside(realRoot, real)) return real;
    throw new RegistryError(
      'PATH_OUTSIDE_WORKSPACE',
      `${path} in model-registry.yaml leads through a link to ${real}, outside of the workspace, so it isn't read. Put the files themselves there. Nothing was changed.`,
    );
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** The files that the patterns name, absolute, in order. Links below the declared places are not followed. Throws what `placeInside` throws. */
export async function matchingFiles(root: string, patterns: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const { base, rest } = splitPattern(pattern);
    const place = await placeInside(root, base);
    const kind = place === undefined ? undefined : await kindOf(place);
    if (place === undefined || kind === undefined) continue;
    if (kind === 'file') {
      if (rest === '') found.add(place);
      continue;
    }
    const paths = await glob(rest === '' ? '**' : [...new Set([rest, rest.normalize('NFC'), rest.normalize('NFD')])], {
      cwd: place,
      followSymbolicLinks: false,
      expandDirectories: false,
      onlyFiles: true,
      ignore: [...IGNORED_FOLDERS].map((name) => `**/${name}/**`),
    });
    for (const path of paths) if (!isIgnored(path)) found.add(join(place, path));
  }
  return [...found].sort();
}

/** Undefined where nothing is there any more: trainers take folders away at any moment. */
async function kindOf(place: string): Promise<'file' | 'other' | undefined> {
  try {
    return (await lstat(place)).isFile() ? 'file' : 'other';
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** What tells whether a file changes: equal as long as it didn't. */
export interface FileStamp {
  readonly file: string;
  readonly key: string;
  readonly mtimeMs: number;
}

/** A file as it is now; undefined where it isn't there. */
export async function stampOf(
  file: string,
): Promise<(FileStamp & { readonly sizeBytes: number; readonly changedAtMs: number }) | undefined> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await stat(file);
    const key = [file, size, mtimeMs, ctimeMs, ino].join('\0');
    return { file, key, mtimeMs, sizeBytes: size, changedAtMs: Math.max(mtimeMs, ctimeMs) };
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** The files that the patterns name as they are now. Throws what `matchingFiles` throws. */
export async function stampsOf(root: string, patterns: readonly string[]): Promise<readonly FileStamp[]> {
  const stamps = await Promise.all((await matchingFiles(root, patterns)).map(stampOf));
  return stamps.filter((stamp) => stamp !== undefined);
}

/** An output file as it is now. */
export interface OutputStamp extends FileStamp {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Newest change of its content or place, milliseconds since the epoch. */
  readonly changedAtMs: number;
}

/** Looks at the files now; undefined where none match or one vanished meanwhile. */
export async function sampleOutput(
  root: string,
  patterns: readonly string[],
): Promise<readonly OutputStamp[] | undefined> {
  const files = await matchingFiles(root, patterns);
  if (files.length === 0) return undefined;
  const realRoot = await realpath(root);
  const stamps: OutputStamp[] = [];
  for (const file of files) {
    const stamp = await stampOf(file);
    if (!stamp) return undefined;
    stamps.push({ ...stamp, path: relative(realRoot, file).split(sep).join('/') });
  }
  return stamps;
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '');
}
