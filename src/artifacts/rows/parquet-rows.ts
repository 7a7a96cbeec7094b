import type { FileHandle } from 'node:fs/promises';

const MAGIC = 'PAR1';
/** Where the number of rows is, unless there are very many columns. */
const MAX_READ_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 32;

/**
 * The number of rows by the footer of a Parquet file (`FileMetaData.num_rows` of parquet.thrift, in Thrift's compact protocol); undefined
 * where the footer isn't sound.
 */
export async function parquetRows(handle: FileHandle, sizeBytes: number): Promise<number | undefined> {
  if (sizeBytes < 12) return undefined;
  const tail = await bytesAt(handle, sizeBytes - 8, 8);
  if (tail.toString('latin1', 4) !== MAGIC) return undefined;
  const length = tail.readUInt32LE(0);
  if (length + 12 > sizeBytes) return undefined;
  const footer = await bytesAt(handle, sizeBytes - 8 - length, Math.min(length, MAX_READ_BYTES));
  try {
    return rowsOf(new CompactReader(footer));
  } catch (error) {
    // Ends too early, or isn't what it says.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new RangeError('the file ends here');
  return buffer;
}

const VERSION = 1;
const NUM_ROWS = 3;
const I64 = 6;

function rowsOf(reader: CompactReader): number | undefined {
  for (let last = 0; ; ) {
    const field = reader.field(last);
    if (!field || field.id < VERSION || field.id > NUM_ROWS) return undefined;
    last = field.id;
    if (field.id !== NUM_ROWS) reader.skip(field.type, 0);
    else {
      const rows = field.type === I64 ? reader.zigzag() : -1n;
      return rows >= 0n && rows <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(rows) : undefined;
    }
  }
}

/** As much of Thrift's compact protocol as it takes to pass over what isn't asked for. Reading beyond the end throws `RangeError`. */
class CompactReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The next field of a struct; undefined at its end. */
  field(last: number): { readonly id: number; readonly type: number } | undefined {
    const byte = this.#byte();
    if (byte === 0) return undefined;
    const delta = byte >> 4;
    return { type: byte & 0x0f, id: delta === 0 ? Number(this.zigzag()) : last + delta };
  }

  zigzag(): bigint {
    const value = this.#varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  skip(type: number, depth: number): void {
    if (depth > MAX_DEPTH) throw new RangeError('nested too deep');
    switch (type) {
      case 1:
      case 2:
        return;
      case 3:
        this.#pass(1);
        return;
      case 4:
      case 5:
      case I64:
        this.#varint();
        return;
      case 7:
        this.#pass(8);
        return;
      case 8:
        this.#pass(Number(this.#varint()));
        return;
      case 9:
      case 10:
        this.#skipList(depth);
        return;
      case 12:
        for (let field = this.field(0); field; field = this.field(field.id)) this.skip(field.type, depth + 1);
        return;
      default:
        throw new RangeError(`no type ${type}`);
    }
  }

  #skipList(depth: number): void {
    const header = this.#byte();
    const size = header >> 4 === 15 ? Number(this.#varint()) : header >> 4;
    const type = header & 0x0f;
    // Every element has a byte at least, truth values too.
    for (let index = 0; index < size; index += 1) {
      if (type === 1 || type === 2) this.#pass(1);
      else this.skip(type, depth + 1);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('the footer ends here');
    this.#at += 1;
    return byte;
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  }

  #pass(count: number): void {
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new RangeError('the footer ends here');
  }
}
