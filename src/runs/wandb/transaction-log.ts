import { crc32 } from 'node:zlib';
import type { ByteCursor } from '../byte-cursor.ts';

const BLOCK_BYTES = 32 * 1024;
const CHUNK_HEADER_BYTES = 7;
/** `:W&B`, 0xBEE1 and a version. */
const FILE_HEADER = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe];
/** Larger ones hold the contents of a console or a table. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

export type LogEnd = 'whole' | 'cut-off' | 'damaged';

/**
 * Hands every record of a transaction log of W&B to `onRecord`, up to the first that is damaged or still being written. The framing is that
 * of LevelDB's logs, with a header of the file and CRC-32 over type and data: blocks of 32 KiB of chunks, each with u32 checksum, u16 length
 * and u8 type, little-endian; records that don't fit go on in the next block
 * (https://github.com/google/leveldb/blob/main/doc/log_format.md).
 */
export async function readTransactionLog(cursor: ByteCursor, onRecord: (bytes: Uint8Array) => void): Promise<LogEnd> {
  const header = await cursor.take(CHUNK_HEADER_BYTES);
  if (!header) return 'cut-off';
  if (FILE_HEADER.some((byte, place) => header[place] !== byte)) return 'damaged';
  let parts: Uint8Array[] = [];
  let partsBytes = 0;
  while (cursor.offset < cursor.sizeBytes) {
    const left = BLOCK_BYTES - (cursor.offset % BLOCK_BYTES);
    if (left < CHUNK_HEADER_BYTES) {
      cursor.skip(left);
      continue;
    }
    const chunk = await takeChunk(cursor, left);
    if (typeof chunk === 'string') return chunk;
    const { type, data } = chunk;
    const isStart = type === FULL || type === FIRST;
    if (isStart !== (parts.length === 0)) return 'damaged';
    partsBytes = (isStart ? 0 : partsBytes) + data.length;
    // Too large a record is followed to its end and dropped.
    parts.push(partsBytes > MAX_RECORD_BYTES ? new Uint8Array(0) : data);
    if (type === FIRST || type === MIDDLE) continue;
    if (partsBytes <= MAX_RECORD_BYTES) onRecord(parts.length === 1 ? data : Buffer.concat(parts));
    parts = [];
  }
  return parts.length === 0 ? 'whole' : 'cut-off';
}

async function takeChunk(
  cursor: ByteCursor,
  left: number,
): Promise<{ readonly type: number; readonly data: Uint8Array } | 'cut-off' | 'damaged'> {
  const header = await cursor.take(CHUNK_HEADER_BYTES);
  if (!header) return 'cut-off';
  const view = new DataView(header.buffer, header.byteOffset, CHUNK_HEADER_BYTES);
  const sum = view.getUint32(0, true);
  const length = view.getUint16(4, true);
  const type = view.getUint8(6);
  if (type < FULL || type > LAST || length > left - CHUNK_HEADER_BYTES) return 'damaged';
  const data = await cursor.take(length);
  if (!data) return 'cut-off';
  if (crc32(data, crc32(Uint8Array.of(type))) !== sum) return 'damaged';
  return { type, data: data.slice() };
}
