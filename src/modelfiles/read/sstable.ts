import type { PagedReader } from './paged-reader.ts';

const FOOTER_BYTES = 48;
const TRAILER_BYTES = 5;
const MAX_BLOCK_BYTES = 16_000_000;
const MAX_BLOCKS = 100_000;
const MAX_ENTRIES = 1_000_000;

/**
 * Keys and values of a sorted table as LevelDB and TensorFlow write it, in their order
 * (https://github.com/google/leveldb/blob/main/doc/table_format.md). Throws `MODEL_FILE_INVALID`, for compressed blocks too.
 */
export async function readSortedTable(reader: PagedReader): Promise<readonly (readonly [string, Uint8Array])[]> {
  const footerAt = reader.sizeBytes - FOOTER_BYTES;
  const footer = await reader.bytes(footerAt, FOOTER_BYTES);
  const magic = Buffer.from(footer.subarray(40)).toString('hex');
  if (magic !== '57fb808b247547db') throw reader.invalid('it has no end of a sorted table: it may be cut off');
  const handles = new Varints(footer);
  handles.next();
  handles.next();
  const index = await readBlock(reader, { offset: handles.next(), sizeBytes: handles.next() });
  if (index.length > MAX_BLOCKS) throw reader.invalid('its sorted table has no end');
  const entries: (readonly [string, Uint8Array])[] = [];
  for (const [, value] of index) {
    const handle = new Varints(value);
    entries.push(...(await readBlock(reader, { offset: handle.next(), sizeBytes: handle.next() })));
    if (entries.length > MAX_ENTRIES) throw reader.invalid('its sorted table has no end');
  }
  return entries;
}

async function readBlock(
  reader: PagedReader,
  { offset, sizeBytes }: { readonly offset: number; readonly sizeBytes: number },
): Promise<readonly (readonly [string, Uint8Array])[]> {
  if (sizeBytes < 4 || sizeBytes > MAX_BLOCK_BYTES) throw reader.invalid(`a block in it claims ${sizeBytes} bytes`);
  const block = await reader.bytes(offset, sizeBytes + TRAILER_BYTES);
  if (block[sizeBytes] !== 0) throw reader.invalid('a block in it is compressed');
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const end = sizeBytes - 4 - 4 * view.getUint32(sizeBytes - 4, true);
  if (end < 0) throw reader.invalid('a block in it is damaged');
  const entries: (readonly [string, Uint8Array])[] = [];
  const varints = new Varints(block);
  let key = Buffer.alloc(0);
  while (varints.position < end) {
    const [shared, own, valueBytes] = [varints.next(), varints.next(), varints.next()];
    const valueAt = varints.position + own;
    if (shared > key.length || valueAt + valueBytes > end) throw reader.invalid('a block in it is damaged');
    key = Buffer.concat([key.subarray(0, shared), block.subarray(varints.position, valueAt)]);
    entries.push([key.toString('utf8'), block.subarray(valueAt, valueAt + valueBytes)]);
    varints.position = valueAt + valueBytes;
  }
  return entries;
}

/** Numbers of variable length; those behind the end, and those beyond 2^53, are too large for whatever they are meant for. */
class Varints {
  readonly #bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 8; count += 1) {
      const byte = this.#bytes[this.position];
      if (byte === undefined) break;
      this.position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    return Number.MAX_SAFE_INTEGER;
  }
}
