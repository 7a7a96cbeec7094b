const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit tells how the checksums read the bytes: 0 little-endian, 1 big-endian. */
const MAGIC = 0x377f0682;
const VERSION = 3_007_000;

/** What the commits in a write-ahead log change. */
export interface WalChanges {
  /** By number, from 1; the newest committed contents. Views of the log. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** Of the database after the last commit. */
  readonly pageCount: number;
}

/**
 * The pages of all commits in the write-ahead log of a database with pages of this size; undefined where it holds no commit of it. Frames
 * count as long as their salts and checksums go on from those before, and only up to the last commit among them
 * (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
 */
export function readWal(wal: Uint8Array, pageSize: number): WalChanges | undefined {
  if (wal.length < HEADER_BYTES) return undefined;
  const view = new DataView(wal.buffer, wal.byteOffset, wal.byteLength);
  const magic = view.getUint32(0);
  if ((magic & ~1) >>> 0 !== MAGIC || view.getUint32(4) !== VERSION || view.getUint32(8) !== pageSize) return undefined;
  const sums = new Checksum(view, (magic & 1) === 0);
  sums.add(0, 24);
  if (!sums.equal(24)) return undefined;
  const committed = new Map<number, Uint8Array>();
  const open = new Map<number, Uint8Array>();
  let pageCount = 0;
  for (let at = HEADER_BYTES; at + FRAME_HEADER_BYTES + pageSize <= wal.length; at += FRAME_HEADER_BYTES + pageSize) {
    if (view.getUint32(at + 8) !== view.getUint32(16) || view.getUint32(at + 12) !== view.getUint32(20)) break;
    sums.add(at, 8);
    sums.add(at + FRAME_HEADER_BYTES, pageSize);
    if (!sums.equal(at + 16)) break;
    const start = at + FRAME_HEADER_BYTES;
    open.set(view.getUint32(at), wal.subarray(start, start + pageSize));
    const pagesAfterCommit = view.getUint32(at + 4);
    if (pagesAfterCommit === 0) continue;
    pageCount = pagesAfterCommit;
    for (const [page, bytes] of open) committed.set(page, bytes);
    open.clear();
  }
  return pageCount === 0 ? undefined : { pages: committed, pageCount };
}

/** The running checksum of a write-ahead log, over pairs of 32-bit words. */
class Checksum {
  readonly #view: DataView;
  readonly #isLittleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(view: DataView, isLittleEndian: boolean) {
    this.#view = view;
    this.#isLittleEndian = isLittleEndian;
  }

  add(offset: number, length: number): void {
    for (let at = offset; at + 8 <= offset + length; at += 8) {
      this.#first = (this.#first + this.#view.getUint32(at, this.#isLittleEndian) + this.#second) >>> 0;
      this.#second = (this.#second + this.#view.getUint32(at + 4, this.#isLittleEndian) + this.#first) >>> 0;
    }
  }

  /** Whether the sums, which are always written big-endian, stand there. */
  equal(offset: number): boolean {
    return this.#view.getUint32(offset) === this.#first && this.#view.getUint32(offset + 4) === this.#second;
  }
}
