import type { TensorFacts } from '../facts.ts';
import type { ByteSource, FileSet } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';

export type TensorPlace = NonNullable<TensorFacts['place']>;

/** A part of a tensor that is in memory: a whole number of elements of every numeric dtype. */
export const CHUNK_BYTES = 4 * 1024 * 1024;
const OPEN_AT_ONCE = 16;

/** Reads tensors by windows: what is read in the order in which it lies costs one read for many small tensors. */
export interface TensorReader {
  /**
   * The bytes of a tensor in parts of `chunkBytes`, the last one shorter; while one is looked at, the next is read. A part is good until the
   * next one is asked for. Throws `MODEL_FILE_INVALID` where the file ends before the tensor does.
   */
  chunks(place: TensorPlace, chunkBytes?: number): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/** `windowBytes` is what is read at once, and kept twice. */
export function tensorReader(set: FileSet, windowBytes = CHUNK_BYTES): TensorReader {
  const sources = new Map<string, ByteSource>();
  let window: { readonly path: string; readonly offset: number; readonly bytes: Uint8Array } | undefined;

  // Two are enough: while the bytes in one are looked at, those that follow are read into the other.
  const buffers: [Uint8Array | undefined, Uint8Array | undefined] = [undefined, undefined];
  let next: 0 | 1 = 0;

  const bufferFor = (length: number): Uint8Array => {
    const place = next;
    next = next === 0 ? 1 : 0;
    const known = buffers[place];
    if (known && known.length >= length) return known;
    const made = new Uint8Array(length);
    buffers[place] = made;
    return made;
  };

  const sourceOf = async (path: string): Promise<ByteSource> => {
    const known = sources.get(path);
    if (known) return known;
    const [oldest] = sources;
    if (oldest && sources.size >= OPEN_AT_ONCE) {
      sources.delete(oldest[0]);
      await oldest[1].close();
    }
    const source = await set.open(path);
    sources.set(path, source);
    return source;
  };

  const read = async (path: string, offset: number, length: number): Promise<Uint8Array> => {
    if (window?.path === path && offset >= window.offset && offset + length <= window.offset + window.bytes.length)
      return window.bytes.subarray(offset - window.offset, offset - window.offset + length);
    const source = await sourceOf(path);
    // What comes next is likely to be asked for next.
    const wanted = Math.max(length, windowBytes);
    const bytes = await source.read(offset, wanted, bufferFor(wanted));
    if (bytes.length < length) throw invalidFile(path, 'it ends before its last tensor does');
    window = { path, offset, bytes };
    return bytes.subarray(0, length);
  };

  return {
    async *chunks({ path, offset, sizeBytes }, chunkBytes = windowBytes) {
      if (sizeBytes === 0) return;
      let reading = handled(read(path, offset, Math.min(chunkBytes, sizeBytes)));
      for (let done = 0; done < sizeBytes; ) {
        const bytes = await reading;
        done += bytes.length;
        if (done < sizeBytes) reading = handled(read(path, offset + done, Math.min(chunkBytes, sizeBytes - done)));
        yield bytes;
      }
      await reading;
    },
    async close() {
      for (const source of sources.values()) await source.close();
      sources.clear();
      window = undefined;
    },
  };
}

/** A promise that is awaited later: until then its failure is nobody's. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
