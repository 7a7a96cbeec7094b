import { closeSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { RegistryError } from '../base/errors.ts';

/** Bytes that are read, checked and written together. */
export const CHUNK_BYTES = 64 * 1024;
/** Larger than any page of SQLite. Only shortening a file asks for more at once. */
const LONGEST_READ = CHUNK_BYTES;

/** Where the bytes of a database are on disk, with the checksum of each chunk. */
export interface SavedChunks {
  readonly descriptor: number;
  readonly sizeBytes: number;
  readonly sums: Uint32Array;
}

/** A database as it was at one moment, for writing it while it goes on changing. */
export interface Capture {
  readonly sizeBytes: number;
  readonly sums: Uint32Array;
  /** The chunks in memory; the others are as they were saved. */
  readonly chunks: readonly (Uint8Array<ArrayBuffer> | undefined)[];
  readonly saved: SavedChunks | undefined;
}

/**
 * The bytes that the SQLite engine takes for its file. The engine keeps files as one array in memory, copies all of it whenever it grows, and
 * reads the whole of a file before the first query. It calls no more than `slice`, `subarray`, `set` and `length` of that array, which is
 * what this class replaces: chunks are read from disk when they are first needed and checked then, growing costs nothing, and what has
 * changed since the last save is known.
 */
export class DatabaseFile extends Uint8Array<ArrayBuffer> {
  #chunks: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  #changed = new Set<number>();
  #saved: SavedChunks | undefined;
  #capture: Capture | undefined;
  #size: number;
  #damage: RegistryError | undefined;
  #isWhole = true;

  private constructor(sizeBytes: number) {
    super(new ArrayBuffer(0));
    this.#size = sizeBytes;
    this.#tell('length', sizeBytes);
  }

  static holding(bytes: Uint8Array): DatabaseFile {
    const file = new DatabaseFile(bytes.length);
    file.set(bytes, 0);
    return file;
  }

  /** Takes the descriptor over, and closes it in `release`. */
  static reading(saved: SavedChunks): DatabaseFile {
    const file = new DatabaseFile(saved.sizeBytes);
    file.#saved = saved;
    return file;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  /** Whether it differs from what was saved. */
  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** What is wrong with the bytes on disk, where a chunk wasn't what it was when it was written. */
  get damage(): RegistryError | undefined {
    return this.#damage;
  }

  /** False once the engine has shortened the file and with that made an array of its own. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The engine takes what this returns for the content of its file, whose size it keeps itself. It never makes a file longer that says it is long enough. */
  override slice(): Uint8Array<ArrayBuffer> {
    this.#tell('length', Number.MAX_SAFE_INTEGER);
    return this;
  }

  override subarray(begin = 0, end = this.#size): Uint8Array<ArrayBuffer> {
    if (end - begin > LONGEST_READ) this.#isWhole = false;
    const index = Math.floor(begin / CHUNK_BYTES);
    const start = index * CHUNK_BYTES;
    if (end <= start + CHUNK_BYTES) return this.#chunk(index).subarray(begin - start, end - start);
    const bytes = new Uint8Array(end - begin);
    for (let at = begin; at < end; ) {
      const part = this.subarray(at, Math.min(end, (Math.floor(at / CHUNK_BYTES) + 1) * CHUNK_BYTES));
      bytes.set(part, at - begin);
      at += part.length;
    }
    return bytes;
  }

  override set(source: Uint8Array, offset = 0): void {
    for (let done = 0; done < source.length; ) {
      const index = Math.floor((offset + done) / CHUNK_BYTES);
      const within = offset + done - index * CHUNK_BYTES;
      const part = source.subarray(done, done + CHUNK_BYTES - within);
      this.#writable(index).set(part, within);
      done += part.length;
    }
    this.#size = Math.max(this.#size, offset + source.length);
  }

  /** What is to be written: a copy of nothing, chunks that change meanwhile are copied then. */
  capture(): Capture {
    const count = Math.ceil(this.#size / CHUNK_BYTES);
    const sums = new Uint32Array(count);
    if (this.#saved) sums.set(this.#saved.sums.subarray(0, count));
    for (const index of this.#changed) sums[index] = crc32(this.#written(index));
    const chunks = Array.from({ length: count }, (_, index) => this.#chunks[index] && this.#written(index));
    this.#capture = { sizeBytes: this.#size, sums, chunks, saved: this.#saved };
    return this.#capture;
  }

  /** What was captured is on disk. With a descriptor, which is taken over, it needs no memory any more. */
  captured(descriptor?: number): void {
    const capture = this.#capture;
    this.#capture = undefined;
    if (!capture || descriptor === undefined) return;
    const before = this.#saved;
    this.#saved = { descriptor, sizeBytes: capture.sizeBytes, sums: capture.sums };
    for (const [index, bytes] of capture.chunks.entries()) {
      if (bytes && this.#chunks[index]?.buffer === bytes.buffer) {
        this.#chunks[index] = undefined;
        this.#changed.delete(index);
      }
    }
    if (before) closeSync(before.descriptor);
  }

  /** The captured bytes didn't get to disk. */
  notCaptured(): void {
    this.#capture = undefined;
  }

  /** Reads what isn't in memory yet, and needs the file no longer. */
  readAll(): void {
    for (let index = 0; index * CHUNK_BYTES < this.#size; index += 1) this.#writable(index);
    this.release();
  }

  release(): void {
    if (this.#saved) closeSync(this.#saved.descriptor);
    this.#saved = undefined;
  }

  /** A chunk as far as the file goes. */
  #written(index: number): Uint8Array<ArrayBuffer> {
    return this.#chunk(index).subarray(0, Math.min(CHUNK_BYTES, this.#size - index * CHUNK_BYTES));
  }

  #writable(index: number): Uint8Array<ArrayBuffer> {
    const chunk = this.#chunk(index);
    this.#changed.add(index);
    if (this.#capture?.chunks[index]?.buffer !== chunk.buffer) return chunk;
    const copy = new Uint8Array(CHUNK_BYTES);
    copy.set(chunk);
    this.#chunks[index] = copy;
    return copy;
  }

  #chunk(index: number): Uint8Array<ArrayBuffer> {
    const known = this.#chunks[index];
    if (known) return known;
    const chunk = new Uint8Array(CHUNK_BYTES);
    if (this.#saved && index < this.#saved.sums.length) this.#read(this.#saved, index, chunk);
    this.#chunks[index] = chunk;
    return chunk;
  }

  #read({ descriptor, sizeBytes, sums }: SavedChunks, index: number, into: Uint8Array): void {
    const start = index * CHUNK_BYTES;
    const length = Math.min(CHUNK_BYTES, sizeBytes - start);
    const count = readSync(descriptor, into, 0, length, start);
    if (count === length && crc32(into.subarray(0, length)) === sums[index]) return;
    // The engine can't go on after this, so it mustn't be asked again.
    this.#damage = new RegistryError(
      'CATALOG_DAMAGED',
      'The saved catalog is damaged. It is made again from the log, which has everything: look whether what you asked for was recorded, and ask again if it was not.',
    );
    throw this.#damage;
  }

  #tell(name: string, value: number): void {
    Object.defineProperty(this, name, { value, configurable: true });
  }
}
