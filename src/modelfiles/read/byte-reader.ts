import { type ByteSource, MAX_READ_BYTES } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';

/** Windows grow as long as they are read through: a reader that jumps from place to place shouldn't read what lies between. */
const MIN_WINDOW_BYTES = 4096;
const MAX_WINDOW_BYTES = 256 * 1024;
/** What one reader may read before a file is taken for one that means to keep us busy. */
const MAX_WINDOWS = 50_000;
const MAX_TOTAL_BYTES = 2 ** 28;
const utf8 = new TextDecoder('utf-8');

/**
 * Reads a file from front to back, in windows. Numbers are little-endian. After `await ensure(n)` the next `n` bytes are there, and the
 * synchronous methods may take them; `skip` reads nothing. Whatever asks for bytes behind the end throws `MODEL_FILE_INVALID`.
 */
export class ByteReader {
  readonly #source: ByteSource;
  readonly #path: string;
  readonly #end: number;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#window.buffer);
  #windowAt = 0;
  #position: number;
  #windowBytes = MIN_WINDOW_BYTES;
  #windows = 0;
  #readBytes = 0;

  constructor(
    source: ByteSource,
    path: string,
    { start = 0, end = source.sizeBytes }: { readonly start?: number; readonly end?: number } = {},
  ) {
    this.#source = source;
    this.#path = path;
    this.#position = start;
    this.#windowAt = start;
    this.#end = Math.min(end, source.sizeBytes);
  }

  /** From the beginning of the file. */
  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#end - this.#position;
  }

  /** Whether the next `count` bytes are in memory already. */
  has(count: number): boolean {
    return this.#position - this.#windowAt + count <= this.#window.length;
  }

  /** Brings the next `count` bytes into memory. */
  async ensure(count: number): Promise<void> {
    if (this.has(count)) return;
    if (count > this.remaining) throw this.invalid(`it ends at byte ${this.#end}, in the middle of something`);
    if (count > MAX_READ_BYTES) throw this.invalid(`something in it at byte ${this.#position} is ${count} bytes long`);
    const length = Math.min(this.remaining, Math.max(count, this.#windowBytes));
    this.#windowBytes = Math.min(MAX_WINDOW_BYTES, this.#windowBytes * 2);
    this.#windows += 1;
    this.#readBytes += length;
    if (this.#windows > MAX_WINDOWS || this.#readBytes > MAX_TOTAL_BYTES)
      throw this.invalid('more of it would have to be read than a model needs to describe itself');
    const bytes = await this.#source.read(this.#position, length);
    if (bytes.length < count) throw this.invalid('it became shorter while it was read');
    this.#window = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#windowAt = this.#position;
  }

  /** The next byte, without going on. */
  peek(): number {
    if (!this.has(1)) throw this.invalid(`it ends at byte ${this.#end}, in the middle of something`);
    return this.#view.getUint8(this.#position - this.#windowAt);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.#advance(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  f64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  bytes(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#window.subarray(at, at + count);
  }

  text(count: number): string {
    return utf8.decode(this.bytes(count));
  }

  /** Takes a line, of which only the first `kept` bytes are kept; `sizeBytes` is its length without the newline. */
  async line(kept: number): Promise<{ readonly start: Uint8Array; readonly sizeBytes: number }> {
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    for (;;) {
      await this.ensure(1);
      const at = this.#position - this.#windowAt;
      const available = this.#window.subarray(at, at + this.remaining);
      const newline = available.indexOf(0x0a);
      const part = newline === -1 ? available : available.subarray(0, newline);
      if (sizeBytes < kept) parts.push(part.subarray(0, kept - sizeBytes));
      sizeBytes += part.length;
      this.skip(newline === -1 ? part.length : part.length + 1);
      if (newline !== -1) return { start: parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts), sizeBytes };
    }
  }

  /** Passes over bytes, which need not be in memory. */
  skip(count: number): void {
    if (count < 0 || count > this.remaining)
      throw this.invalid(`it ends at byte ${this.#end}, in the middle of something`);
    this.#position += count;
    if (this.#position > this.#windowAt + this.#window.length) {
      this.#windowAt = this.#position;
      this.#window = new Uint8Array(0);
      this.#windowBytes = MIN_WINDOW_BYTES;
    }
  }

  invalid(why: string, cause?: unknown): Error {
    return invalidFile(this.#path, why, cause);
  }

  #advance(count: number): number {
    if (!this.has(count) || count > this.remaining)
      throw this.invalid(`it ends at byte ${this.#end}, in the middle of something`);
    const at = this.#position - this.#windowAt;
    this.#position += count;
    return at;
  }
}

/** A number that a file gives in 64 bits, as one to calculate with; undefined beyond 2^53. */
export function safeNumber(value: bigint): number | undefined {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(-Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : undefined;
}
