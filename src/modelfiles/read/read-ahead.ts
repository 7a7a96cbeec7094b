import type { ByteSource } from '../file-set.ts';

const CHUNK_BYTES = 16 * 1024;

/** The same bytes; small reads close to each other become one. */
export function withReadAhead(source: ByteSource): ByteSource {
  let start = 0;
  let chunk = new Uint8Array();
  return {
    sizeBytes: source.sizeBytes,
    async read(offset, length) {
      if (length > CHUNK_BYTES / 4) return source.read(offset, length);
      if (offset < start || offset + length > start + chunk.length) {
        chunk = Uint8Array.from(await source.read(offset, CHUNK_BYTES));
        start = offset;
      }
      return chunk.subarray(offset - start, offset - start + length);
    },
    close: () => source.close(),
  };
}
