import type { RunFiles } from './run-files.ts';

const WINDOW_BYTES = 1024 * 1024;

/** Reads a file from its beginning to its end, in windows. It may grow meanwhile; what was there at first counts. */
export class ByteCursor {
  readonly #files: RunFiles;
  readonly #path: string;
  readonly sizeBytes: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowAt = 0;
  offset = 0;

  constructor(files: RunFiles, path: string, sizeBytes: number) {
    this.#files = files;
    this.#path = path;
    this.sizeBytes = sizeBytes;
  }

  /** The next bytes; undefined where fewer are left. They stay valid until the next call only. */
  async take(length: number): Promise<Uint8Array | undefined> {
    if (length > this.sizeBytes - this.offset) return undefined;
    const start = this.offset - this.#windowAt;
    if (start < 0 || start + length > this.#window.length) {
      const wanted = Math.min(Math.max(length, WINDOW_BYTES), this.sizeBytes - this.offset);
      const window = await this.#files.read(this.#path, wanted, this.offset);
      if (window === undefined || window.length < length) return undefined;
      this.#window = window;
      this.#windowAt = this.offset;
    }
    const at = this.offset - this.#windowAt;
    this.offset += length;
    return this.#window.subarray(at, at + length);
  }

  skip(length: number): void {
    this.offset += length;
  }
}
