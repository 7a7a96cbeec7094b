import { type FileHandle, lstat, open, opendir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import { formatNumber } from '../base/language.ts';
import { type ByteSource, type FileInSet, type FileSet, MAX_READ_BYTES } from './file-set.ts';

/** A file of a set, and where it is on this machine. */
export interface LocalFile {
  /** Relative to the set's root, with `/`. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
}

const MAX_FILES = 10_000;
const MAX_DEPTH = 16;
/** Folders that hold no part of a model. */
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__', '.ipynb_checkpoints']);

/**
 * The set of one file, or of all files below a folder: at most 10,000, 16 folders deep. Links are followed inside the folder only. Throws
 * `PATH_NOT_FOUND` and `PATH_UNREADABLE`.
 */
export async function localFileSet(path: string): Promise<FileSet> {
  const place = resolve(path);
  const stats = await stat(place).catch((error: unknown) => {
    throw unreadable(place, error);
  });
  if (stats.isFile()) return sizedSet([{ path: basename(place), file: place, sizeBytes: stats.size }]);
  if (!stats.isDirectory())
    throw new RegistryError('PATH_UNREADABLE', `${place} is neither a file nor a folder. Name what training wrote.`);
  return folderSet(place);
}

/** The set of files that lie anywhere, such as the objects of an artifact under the paths of its manifest. Throws what `localFileSet` throws. */
export async function fileSetOf(files: readonly LocalFile[]): Promise<FileSet> {
  const sized: SizedFile[] = [];
  for (const { path, file } of files.slice(0, MAX_FILES)) {
    const stats = await stat(file).catch((error: unknown) => {
      throw unreadable(file, error);
    });
    if (stats.isFile()) sized.push({ path, file, sizeBytes: stats.size });
  }
  return sizedSet(sized, files.length > MAX_FILES ? [tooMany(files.length)] : []);
}

interface SizedFile extends LocalFile, FileInSet {}

async function folderSet(root: string): Promise<FileSet> {
  const realRoot = await realpath(root);
  const found: SizedFile[] = [];
  const problems = new Set<string>();
  let entries = 0;

  async function walk(folder: string, prefix: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) {
      problems.add(`Folders more than ${MAX_DEPTH} deep were left out, such as ${prefix}`);
      return;
    }
    for await (const entry of await opendir(folder)) {
      entries += 1;
      if (entries > MAX_FILES) return void problems.add(tooMany(MAX_FILES));
      const path = `${prefix}${entry.name}`;
      const file = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!PASSED_OVER.has(entry.name)) await walk(file, `${path}/`, depth + 1);
      } else if (entry.isFile()) {
        found.push({ path, file, sizeBytes: (await lstat(file)).size });
      } else if (entry.isSymbolicLink()) {
        await addLink(file, path);
      }
    }
  }

  /** A link to a folder could lead round in a circle, so only links to files are followed. */
  async function addLink(link: string, path: string): Promise<void> {
    const file = await realpath(link).catch(() => undefined);
    if (file === undefined || !file.startsWith(realRoot + sep)) {
      problems.add(`${path} is a link that leads out of the folder, so it wasn't read`);
      return;
    }
    const stats = await lstat(file);
    if (stats.isFile()) found.push({ path, file, sizeBytes: stats.size });
  }

  try {
    await walk(realRoot, '', 1);
  } catch (error) {
    throw unreadable(root, error);
  }
  return sizedSet(found, [...problems]);
}

function sizedSet(files: readonly SizedFile[], problems: readonly string[] = []): FileSet {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const sorted = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    files: sorted.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
    problems,
    async open(path) {
      const found = byPath.get(path);
      if (!found)
        throw new RegistryError('PATH_NOT_FOUND', `${path} isn't among the model's files. Check that it is there.`);
      return localSource(found);
    },
  };
}

function localSource({ file, path, sizeBytes }: SizedFile): ByteSource {
  let handle: Promise<FileHandle> | undefined;
  return {
    sizeBytes,
    async read(offset, length, into) {
      if (length > MAX_READ_BYTES) throw new RangeError(`${length} bytes are more than one read may ask for`);
      const wanted = Math.max(0, Math.min(length, sizeBytes - offset));
      if (wanted === 0) return new Uint8Array(0);
      try {
        handle ??= open(file, 'r');
        const opened = await handle;
        const buffer = into && into.length >= wanted ? into.subarray(0, wanted) : new Uint8Array(wanted);
        let done = 0;
        while (done < wanted) {
          const { bytesRead } = await opened.read(buffer, done, wanted - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return buffer.subarray(0, done);
      } catch (error) {
        throw unreadable(path, error);
      }
    },
    async close() {
      const last = handle;
      handle = undefined;
      await (await last?.catch(() => undefined))?.close();
    },
  };
}

function tooMany(count: number): string {
  return `Only the first ${formatNumber(MAX_FILES)} of ${count === MAX_FILES ? 'the' : formatNumber(count)} files were looked at`;
}

function unreadable(path: string, cause: unknown): RegistryError {
  if (RegistryError.is(cause)) return cause;
  const isAbsent = ['ENOENT', 'ENOTDIR'].includes(systemErrorCode(cause) ?? '');
  return isAbsent
    ? new RegistryError('PATH_NOT_FOUND', `There is no file or folder ${path}. Check the path.`, { cause })
    : new RegistryError('PATH_UNREADABLE', `${path} can't be read: ${messageOf(cause)}. Check its permissions.`, {
        cause,
      });
}
