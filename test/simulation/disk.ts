import type { FileStatus } from '../../src/storage/file-system.ts';
import type { Random } from './random.ts';

/** A file, or a folder where it has entries: as programs see it, and as it would be found after the power failed. */
interface Inode {
  bytes: Uint8Array;
  flushedBytes: Uint8Array;
  readonly entries?: Map<string, Inode>;
  flushedEntries?: Map<string, Inode>;
}

export interface DiskWatcher {
  /** A file was given a name. */
  named(path: string, bytes: Uint8Array): void;
  unnamed(path: string): void;
}

const NONE = new Uint8Array();

/**
 * The disk of a machine in memory. What wasn't flushed is in a cache: every program sees it, and when the power fails each unflushed
 * content and each unflushed name is kept or lost on its own, contents also in part.
 */
export class Disk {
  readonly #root = newFolder();
  watcher: DiskWatcher = { named() {}, unnamed() {} };

  find(path: string): Inode | undefined {
    let inode: Inode | undefined = this.#root;
    for (const name of partsOf(path)) inode = inode?.entries?.get(name);
    return inode;
  }

  create(path: string): Inode {
    const { entries, name } = this.#place(path);
    if (entries.has(name)) throw systemError('EEXIST', path);
    const inode: Inode = { bytes: NONE, flushedBytes: NONE };
    entries.set(name, inode);
    this.watcher.named(path, inode.bytes);
    return inode;
  }

  open(path: string): Inode {
    const inode = this.find(path);
    if (!inode) throw systemError('ENOENT', path);
    return inode;
  }

  link(from: string, to: string): void {
    const inode = this.open(from);
    const { entries, name } = this.#place(to);
    if (entries.has(name)) throw systemError('EEXIST', to);
    entries.set(name, inode);
    this.watcher.named(to, inode.bytes);
  }

  unlink(path: string): void {
    const { entries, name } = this.#place(path);
    if (!entries.delete(name)) throw systemError('ENOENT', path);
    this.watcher.unnamed(path);
  }

  mkdir(path: string): string | undefined {
    let inode: Inode = this.#root;
    let at = '';
    let first: string | undefined;
    for (const name of partsOf(path)) {
      at += `/${name}`;
      let next = inode.entries?.get(name);
      if (!next) {
        next = newFolder();
        inode.entries?.set(name, next);
        first ??= at;
      }
      inode = next;
    }
    return first;
  }

  /** fsync: the content of a file, or the names in a folder. */
  flush(inode: Inode): void {
    inode.flushedBytes = inode.bytes;
    if (inode.entries) inode.flushedEntries = new Map(inode.entries);
  }

  append(inode: Inode, chunk: Uint8Array): void {
    const bytes = new Uint8Array(inode.bytes.length + chunk.length);
    bytes.set(inode.bytes);
    bytes.set(chunk, inode.bytes.length);
    inode.bytes = bytes;
  }

  /** What programs find after the power failed. `lossOf` is the chance that something unflushed is lost. */
  failPower(random: Random, lossOf: number): void {
    this.#losePart(this.#root, random, lossOf, new Set());
  }

  #losePart(inode: Inode, random: Random, lossOf: number, seen: Set<Inode>): void {
    if (seen.has(inode)) return;
    seen.add(inode);
    const { entries, flushedEntries } = inode;
    if (!entries || !flushedEntries) {
      if (inode.bytes === inode.flushedBytes) return;
      if (random.chance(lossOf)) {
        const isTorn = random.chance(0.5);
        const kept = isTorn ? random.below(inode.bytes.length + 1) : inode.flushedBytes.length;
        inode.bytes = inode.bytes.slice(0, Math.max(kept, inode.flushedBytes.length));
      }
      inode.flushedBytes = inode.bytes;
      return;
    }
    for (const name of new Set([...entries.keys(), ...flushedEntries.keys()])) {
      const flushed = flushedEntries.get(name);
      if (entries.get(name) === flushed || !random.chance(lossOf)) continue;
      if (flushed) entries.set(name, flushed);
      else entries.delete(name);
    }
    for (const child of entries.values()) this.#losePart(child, random, lossOf, seen);
    inode.flushedEntries = new Map(entries);
  }

  #place(path: string): { readonly entries: Map<string, Inode>; readonly name: string } {
    const slash = path.lastIndexOf('/');
    const entries = this.open(path.slice(0, slash)).entries;
    if (!entries) throw systemError('ENOTDIR', path);
    return { entries, name: path.slice(slash + 1) };
  }
}

export type { Inode };

export function statusOf(inode: Inode): FileStatus {
  const isFolder = inode.entries !== undefined;
  return {
    size: inode.bytes.length,
    mtimeMs: 0,
    isFile: () => !isFolder,
    isDirectory: () => isFolder,
    isSymbolicLink: () => false,
  };
}

export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function newFolder(): Inode {
  return { bytes: NONE, flushedBytes: NONE, entries: new Map(), flushedEntries: new Map() };
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter(Boolean);
}
