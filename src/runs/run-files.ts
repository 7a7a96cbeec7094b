import { constants } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { systemErrorCode } from '../base/errors.ts';
import type { FolderEntry } from './run-reader.ts';

/** What one search for runs may cost. A workspace that holds more is read in part. */
const MAX_FILES = 50_000;
const MAX_BYTES = 512 * 1024 * 1024;
const MAX_FOLDERS = 20_000;
/** The most entries of one folder that are looked at. */
const MAX_ENTRIES = 10_000;

/** Opening a pipe for reading would wait for ever. */
const READ_NEVER_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export interface FileStat {
  readonly isFolder: boolean;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** Thrown when a search for runs has cost enough. What was found until then counts. */
export class SearchExhausted extends Error {}

/** The files of a workspace, for reading alone. Paths are relative to its root, with `/`. Whatever leads out of the root isn't there. */
export class RunFiles {
  readonly #root: string;
  readonly #signal: AbortSignal | undefined;
  #files = 0;
  #folders = 0;
  #bytes = 0;

  private constructor(root: string, signal: AbortSignal | undefined) {
    this.#root = root;
    this.#signal = signal;
  }

  /** Once `signal` was given, every look at the files throws its reason. */
  static async of(root: string, signal?: AbortSignal): Promise<RunFiles> {
    return new RunFiles(await realpath(root), signal);
  }

  /** The absolute, real root. */
  get root(): string {
    return this.#root;
  }

  /** A path relative to the root, or undefined for one outside. Absolute paths are compared as they are and as what they really are. */
  async inside(path: string): Promise<string | undefined> {
    const within = relative(this.#root, path);
    if (isWithin(within)) return toSlashes(within);
    try {
      const real = relative(this.#root, await realpath(path));
      return isWithin(real) ? toSlashes(real) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Undefined where nothing is there, or it can't be looked at. */
  async stat(path: string): Promise<FileStat | undefined> {
    const place = await this.#place(path);
    if (place === undefined) return undefined;
    try {
      const found = await stat(place);
      if (!found.isFile() && !found.isDirectory()) return undefined;
      return { isFolder: found.isDirectory(), sizeBytes: found.size, mtimeMs: found.mtimeMs };
    } catch (error) {
      return absent(error);
    }
  }

  /** What is in a folder, by name; empty where there is none. Links are told by what they lead to, those that lead out are left out. */
  async list(folder: string): Promise<readonly FolderEntry[]> {
    if (this.#folders >= MAX_FOLDERS) throw new SearchExhausted();
    this.#folders += 1;
    const place = await this.#place(folder);
    if (place === undefined) return [];
    const entries: FolderEntry[] = [];
    try {
      for await (const entry of await opendir(place, { bufferSize: 512 })) {
        if (entries.length >= MAX_ENTRIES) break;
        if (entry.isFile() || entry.isDirectory()) {
          entries.push({ name: entry.name, isFolder: entry.isDirectory() });
        } else if (entry.isSymbolicLink()) {
          const target = await this.stat(folder === '' ? entry.name : `${folder}/${entry.name}`);
          if (target) entries.push({ name: entry.name, isFolder: target.isFolder, isLink: true });
        }
      }
    } catch (error) {
      absent(error);
      return [];
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** The bytes of a file from `offset`, at most `length`; undefined where there is no such file. */
  async read(path: string, length: number, offset = 0): Promise<Uint8Array | undefined> {
    if (this.#files >= MAX_FILES || this.#bytes >= MAX_BYTES) throw new SearchExhausted();
    const place = await this.#place(path);
    if (place === undefined) return undefined;
    this.#files += 1;
    try {
      const handle = await open(place, READ_NEVER_WAITING);
      try {
        const found = await handle.stat();
        if (!found.isFile()) return undefined;
        const wanted = Math.max(0, Math.min(length, found.size - offset));
        const buffer = new Uint8Array(wanted);
        let filled = 0;
        while (filled < wanted) {
          const { bytesRead } = await handle.read(buffer, filled, wanted - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        this.#bytes += filled;
        return buffer.subarray(0, filled);
      } finally {
        await handle.close();
      }
    } catch (error) {
      return absent(error);
    }
  }

  /** A text file of at most `maxBytes`; undefined where there is none. Throws `RunFileInvalid` for a larger one. */
  async readText(path: string, maxBytes: number): Promise<string | undefined> {
    const bytes = await this.read(path, maxBytes + 1);
    if (bytes === undefined) return undefined;
    if (bytes.length > maxBytes) throw new RunFileInvalid(`${path} is larger than ${maxBytes} bytes`);
    return new TextDecoder().decode(bytes);
  }

  async #place(path: string): Promise<string | undefined> {
    this.#signal?.throwIfAborted();
    if (path.includes('\0')) return undefined;
    const place = join(this.#root, path);
    if (!isWithin(relative(this.#root, place))) return undefined;
    try {
      const real = await realpath(place);
      return isWithin(relative(this.#root, real)) ? real : undefined;
    } catch (error) {
      return absent(error);
    }
  }
}

/** A file that isn't what it should be: says of which file, and why. */
export class RunFileInvalid extends Error {}

function isWithin(path: string): boolean {
  return path !== '..' && !path.startsWith(`..${sep}`) && !/^(?:[A-Za-z]:|[\\/])/.test(path);
}

function toSlashes(path: string): string {
  return path.split(sep).join('/');
}

/** Undefined for what isn't there or may not be read; anything else is thrown. */
function absent(error: unknown): undefined {
  const code = systemErrorCode(error) ?? '';
  if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'ENAMETOOLONG', 'ENXIO'].includes(code)) return;
  throw error;
}
