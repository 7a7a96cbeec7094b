import { type ByteSource, MAX_READ_BYTES } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';

const PAGE_BYTES = 16_384;
const MAX_PAGES = 256;
/** What one reader may read before a file is taken for one that means to keep us busy. */
const MAX_READS = 20_000;
const MAX_ACCESSES = 1_000_000;
const utf8 = new TextDecoder('utf-8');

/**
 * Reads a file here and there, as formats with pointers want it, keeping pages of it in memory. Numbers are little-endian. Whatever asks
 * for bytes behind the end, or follows pointers without end, throws `MODEL_FILE_INVALID`.
 */
export class PagedReader {
  readonly #source: ByteSource;
  readonly #path: string;
  readonly #pages = new Map<number, Uint8Array>();
  #reads = 0;
  #accesses = 0;

  constructor(source: ByteSource, path: string) {
    this.#source = source;
    this.#path = path;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  /** Just these bytes. */
  async bytes(offset: number, count: number): Promise<Uint8Array> {
    this.#accesses += 1;
    if (this.#accesses > MAX_ACCESSES) throw this.invalid('what it points to has no end');
    if (!Number.isSafeInteger(offset) || offset < 0 || count < 0 || offset + count > this.#source.sizeBytes)
      throw this.invalid(`it points to ${count} bytes at byte ${offset}, which it doesn’t have`);
    const first = Math.floor(offset / PAGE_BYTES);
    const inPage = offset - first * PAGE_BYTES;
    if (inPage + count <= PAGE_BYTES) return (await this.#page(first)).subarray(inPage, inPage + count);
    if (count > MAX_READ_BYTES) throw this.invalid(`something in it at byte ${offset} is ${count} bytes long`);
    this.#countRead();
    const bytes = await this.#source.read(offset, count);
    if (bytes.length < count) throw this.invalid('it became shorter while it was read');
    return bytes;
  }

  async view(offset: number, count: number): Promise<DataView> {
    const bytes = await this.bytes(offset, count);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async u8(offset: number): Promise<number> {
    return (await this.view(offset, 1)).getUint8(0);
  }

  async u16(offset: number): Promise<number> {
    return (await this.view(offset, 2)).getUint16(0, true);
  }

  async u32(offset: number): Promise<number> {
    return (await this.view(offset, 4)).getUint32(0, true);
  }

  async i32(offset: number): Promise<number> {
    return (await this.view(offset, 4)).getInt32(0, true);
  }

  /** A number of 64 bits; throws for one beyond 2^53, which can't be a place in a file. */
  async u64(offset: number): Promise<number> {
    const value = (await this.view(offset, 8)).getBigUint64(0, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.invalid(`a number at byte ${offset} is beyond all bounds`);
    return Number(value);
  }

  async text(offset: number, count: number): Promise<string> {
    return utf8.decode(await this.bytes(offset, count));
  }

  invalid(why: string, cause?: unknown): Error {
    return invalidFile(this.#path, why, cause);
  }

  async #page(index: number): Promise<Uint8Array> {
    const known = this.#pages.get(index);
    if (known) return known;
    this.#countRead();
    const page = await this.#source.read(index * PAGE_BYTES, PAGE_BYTES);
    const oldest = this.#pages.size < MAX_PAGES ? undefined : this.#pages.keys().next().value;
    if (oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(index, page);
    return page;
  }

  #countRead(): void {
    this.#reads += 1;
    if (this.#reads > MAX_READS)
      throw this.invalid('more of it would have to be read than a model needs to describe itself');
  }
}
