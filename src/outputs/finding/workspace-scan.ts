import { opendir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../base/errors.ts';
import { isSkippedFolder, type NameVerdict, SKIPPING_FILES, verdictOfName } from './model-names.ts';

/** A file whose name is that of a model, or could be. */
export interface FoundFile {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  readonly verdict: Exclude<NameVerdict, undefined>;
}

export interface ScanResult {
  readonly files: readonly FoundFile[];
  /** True where not everything was looked at. */
  readonly isPartial: boolean;
}

/** The calls to the file system, so that what a scan costs can be counted. */
export interface ScanFileSystem {
  readonly opendir: typeof opendir;
  readonly stat: typeof stat;
}

/** What one scan may cost. */
const MAX_FOLDERS = 5000;
const MAX_ENTRIES = 150_000;
const MAX_DEPTH = 10;
/** A folder with more in it holds data. */
const MAX_IN_FOLDER = 2000;
const MAX_FILES = 2000;
/** A folder that changed so shortly before it was read can change again without another time. */
const CLOCK_MS = 2000;
const MAX_IGNORE_BYTES = 64 * 1024;

interface KnownFolder {
  readonly identity: string;
  readonly folders: readonly string[];
  readonly files: readonly FoundFile[];
}

/**
 * Looks for models in a workspace by the names of files, breadth first, so that what lies near its root is found first. A folder that
 * didn't change since isn't read again: a second scan costs one `stat` for each folder. Links aren't followed.
 */
export class WorkspaceScan {
  readonly #root: string;
  readonly #fs: ScanFileSystem;
  #known = new Map<string, KnownFolder>();

  constructor(root: string, fs: ScanFileSystem = { opendir, stat }) {
    this.#root = root;
    this.#fs = fs;
  }

  async scan(signal?: AbortSignal): Promise<ScanResult> {
    const isIgnored = await this.#ignoredCaches();
    const known = new Map<string, KnownFolder>();
    const files: FoundFile[] = [];
    const budget = { folders: MAX_FOLDERS, entries: MAX_ENTRIES };
    let queue: readonly string[] = [''];
    for (let depth = 0; queue.length > 0 && depth <= MAX_DEPTH; depth += 1) {
      const next: string[] = [];
      for (const folder of queue) {
        signal?.throwIfAborted();
        if (budget.folders <= 0 || budget.entries <= 0 || files.length >= MAX_FILES)
          return { files: files.slice(0, MAX_FILES), isPartial: true };
        budget.folders -= 1;
        const found = await this.#folder(folder, budget);
        if (!found) continue;
        known.set(folder, found);
        files.push(...found.files);
        next.push(...found.folders.filter((path) => !isIgnored(path)));
      }
      queue = next;
    }
    this.#known = known;
    return { files: files.slice(0, MAX_FILES), isPartial: queue.length > 0 };
  }

  /** Undefined for a folder that went, may not be read, or is of no interest. */
  async #folder(path: string, budget: { entries: number }): Promise<KnownFolder | undefined> {
    try {
      const { ino, mtimeMs } = await this.#fs.stat(join(this.#root, path));
      const identity = Date.now() - mtimeMs < CLOCK_MS ? '' : `${ino}\0${mtimeMs}`;
      const before = this.#known.get(path);
      if (before && identity !== '' && before.identity === identity) return before;
      return { identity, ...(await this.#entries(path, budget)) };
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return undefined;
    }
  }

  async #entries(path: string, budget: { entries: number }): Promise<Omit<KnownFolder, 'identity'>> {
    const nothing = { folders: [], files: [] };
    const folders: string[] = [];
    const files: FoundFile[] = [];
    let count = 0;
    for await (const entry of await this.#fs.opendir(join(this.#root, path), { bufferSize: 256 })) {
      count += 1;
      budget.entries -= 1;
      if (count > MAX_IN_FOLDER || (path !== '' && SKIPPING_FILES.has(entry.name))) return nothing;
      const place = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name.endsWith('.mlpackage')) files.push({ path: `${place}/Manifest.json`, verdict: 'model' });
        else if (!isSkippedFolder(entry.name)) folders.push(place);
        continue;
      }
      const verdict = entry.isFile() ? verdictOfName(entry.name) : undefined;
      if (verdict !== undefined) files.push({ path: place, verdict });
    }
    return { folders: folders.sort(), files };
  }

  /** Git ignores outputs as well as caches, so being ignored says nothing; a folder that is ignored as a cache or temporary does. */
  async #ignoredCaches(): Promise<(path: string) => boolean> {
    const names = new Set<string>();
    try {
      const text = (await readFile(join(this.#root, '.gitignore'), 'utf8')).slice(0, MAX_IGNORE_BYTES);
      for (const line of text.split('\n')) {
        const name = /^\/?([\w.-]+)\/?\s*$/.exec(line)?.[1];
        if (name !== undefined && /cache|tmp|temp|download|backup|trash|^env|env$/i.test(name)) names.add(name);
      }
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
    }
    return (path) => names.has(path.split('/').at(-1) ?? '');
  }
}
