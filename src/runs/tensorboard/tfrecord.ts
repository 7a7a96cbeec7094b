import type { ByteCursor } from '../byte-cursor.ts';
import { maskedCrc32c } from './crc32c.ts';

/** Larger records hold images, sounds and graphs. They are passed over. */
const MAX_RECORD_BYTES = 1024 * 1024;

/** How a file of records ended: as it should, within a record that may still be written, or at one that is damaged. */
export type RecordsEnd = 'whole' | 'cut-off' | 'damaged';

/**
 * Hands every record of a TFRecord file to `onRecord`, up to the first that is damaged: u64 length, u32 masked CRC-32C of it, the bytes, u32
 * masked CRC-32C of them, all little-endian (https://www.tensorflow.org/tutorials/load_data/tfrecord). Bytes stay valid during the call only.
 */
export async function readTfRecords(cursor: ByteCursor, onRecord: (bytes: Uint8Array) => void): Promise<RecordsEnd> {
  while (cursor.offset < cursor.sizeBytes) {
    const header = await cursor.take(12);
    if (!header) return 'cut-off';
    const view = new DataView(header.buffer, header.byteOffset, 12);
    const length = view.getBigUint64(0, true);
    if (view.getUint32(8, true) !== maskedCrc32c(header.subarray(0, 8))) return 'damaged';
    if (length > BigInt(cursor.sizeBytes - cursor.offset)) return 'cut-off';
    const size = Number(length);
    if (size > MAX_RECORD_BYTES) {
      cursor.skip(size + 4);
      continue;
    }
    const body = await cursor.take(size + 4);
    if (!body) return 'cut-off';
    const bytes = body.subarray(0, size);
    const sum = new DataView(body.buffer, body.byteOffset + size, 4).getUint32(0, true);
    if (sum !== maskedCrc32c(bytes)) return 'damaged';
    onRecord(bytes);
  }
  return cursor.offset === cursor.sizeBytes ? 'whole' : 'cut-off';
}
