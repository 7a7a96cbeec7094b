import type { ByteSource } from '../file-set.ts';

/** A part of a source as a source of its own. Closing it leaves the whole open. */
export function windowOf(source: ByteSource, offset: number, sizeBytes: number): ByteSource {
  const size = Math.max(0, Math.min(sizeBytes, source.sizeBytes - offset));
  return {
    sizeBytes: size,
    read: (at, length) => source.read(offset + at, Math.max(0, Math.min(length, size - at))),
    close: async () => undefined,
  };
}

/** Bytes in memory as a source. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: async (at, length) => bytes.subarray(at, at + length),
    close: async () => undefined,
  };
}
