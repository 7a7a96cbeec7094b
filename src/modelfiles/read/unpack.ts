import { createUnzip } from 'node:zlib';
import type { ByteSource } from '../file-set.ts';
import { bytesSource } from './window.ts';

/** The most that is kept of what was compressed. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

export interface Unpacked {
  readonly source: ByteSource;
  /** Whether that is all of it; the end may be missing, or be too much. */
  readonly end: 'whole' | 'too-large' | 'broken';
}

/** What a file is compressed with, by its first bytes (joblib's compressor.py, and archives). */
export function compressionOf(
  head: Uint8Array,
): 'zlib' | 'gzip' | 'bzip2' | 'xz' | 'lzma' | 'lz4' | 'zstd' | undefined {
  const starts = (...bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte);
  if (starts(0x1f, 0x8b)) return 'gzip';
  if (head[0] === 0x78 && ((0x78 << 8) | (head[1] ?? 0)) % 31 === 0) return 'zlib';
  if (starts(0x42, 0x5a, 0x68)) return 'bzip2';
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a)) return 'xz';
  if (starts(0x5d, 0x00, 0x00)) return 'lzma';
  if (starts(0x04, 0x22, 0x4d, 0x18)) return 'lz4';
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  return undefined;
}

/** The bytes that zlib or gzip made smaller, up to `MAX_UNPACKED_BYTES`: a bomb costs no more than that. */
export async function unpack(source: ByteSource): Promise<Unpacked> {
  const unzip = createUnzip();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  let end: Unpacked['end'] = 'broken';
  await new Promise<void>((resolve, reject) => {
    unzip.on('data', (chunk: Buffer) => {
      if (sizeBytes + chunk.length > MAX_UNPACKED_BYTES) {
        end = 'too-large';
        unzip.destroy();
        resolve();
        return;
      }
      sizeBytes += chunk.length;
      chunks.push(chunk);
    });
    unzip.on('end', () => {
      end = 'whole';
      resolve();
    });
    unzip.on('error', () => resolve());
    unzip.on('close', () => resolve());
    feed(source, unzip).catch(reject);
  });
  unzip.destroy();
  return { source: bytesSource(Buffer.concat(chunks)), end };
}

async function feed(source: ByteSource, unzip: ReturnType<typeof createUnzip>): Promise<void> {
  for (let at = 0; at < source.sizeBytes && !unzip.destroyed; at += CHUNK_BYTES) {
    const chunk = await source.read(at, CHUNK_BYTES);
    if (unzip.destroyed) return;
    await new Promise<void>((resolve) => {
      unzip.once('close', resolve);
      unzip.write(chunk, () => {
        unzip.off('close', resolve);
        resolve();
      });
    });
  }
  if (!unzip.destroyed) unzip.end();
}
