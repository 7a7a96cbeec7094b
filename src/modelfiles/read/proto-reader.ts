import type { ByteReader } from './byte-reader.ts';

const MAX_DEPTH = 64;
/** Fields of one file, whatever their depth. */
const MAX_FIELDS = 2_000_000;
const MAX_VARINT_BYTES = 10;
const SAFE_VARINT_BYTES = 7;

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/**
 * Walks a message of Protocol Buffers field by field, without its schema (https://protobuf.dev/programming-guides/encoding). What isn't
 * asked for is passed over unread, however large. Throws `MODEL_FILE_INVALID` for what isn't such a message.
 */
export class ProtoReader {
  readonly #reader: ByteReader;
  readonly #end: number;
  readonly #depth: number;
  readonly #budget: { fields: number };
  #wire = -1;
  #fieldEnd: number;
  #value = 0n;
  /** The number of the present field. */
  field = 0;

  private constructor(reader: ByteReader, end: number, depth: number, budget: { fields: number }) {
    this.#reader = reader;
    this.#end = end;
    this.#depth = depth;
    this.#budget = budget;
    this.#fieldEnd = reader.position;
  }

  /** All that is left for `reader`, as one message. */
  static over(reader: ByteReader): ProtoReader {
    return new ProtoReader(reader, reader.position + reader.remaining, 0, { fields: 0 });
  }

  /** Goes to the next field; false at the message's end. Whatever the present one holds is passed over. */
  async next(): Promise<boolean> {
    const reader = this.#reader;
    if (this.#fieldEnd > reader.position) reader.skip(this.#fieldEnd - reader.position);
    if (reader.position >= this.#end) return false;
    this.#budget.fields += 1;
    if (this.#budget.fields > MAX_FIELDS) throw reader.invalid(`it has more than ${MAX_FIELDS} fields`);
    if (!reader.has(2 * MAX_VARINT_BYTES)) await reader.ensure(Math.min(2 * MAX_VARINT_BYTES, reader.remaining));
    const tag = Number(this.#varint());
    this.field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.field === 0) throw this.#noMessage();
    switch (this.#wire) {
      case VARINT:
        this.#value = this.#varint();
        this.#fieldEnd = reader.position;
        break;
      case FIXED_64:
        this.#fieldEnd = reader.position + 8;
        break;
      case FIXED_32:
        this.#fieldEnd = reader.position + 4;
        break;
      case BYTES: {
        const length = this.#varint();
        if (length > BigInt(this.#end - reader.position))
          throw reader.invalid(`it ends within a field that claims ${length} bytes at byte ${reader.position}`);
        this.#fieldEnd = reader.position + Number(length);
        break;
      }
      default:
        throw this.#noMessage();
    }
    if (this.#fieldEnd > this.#end) throw reader.invalid('it ends in the middle of a field');
    return true;
  }

  /** Whether the present field is bytes, text or a message. */
  get isBytes(): boolean {
    return this.#wire === BYTES;
  }

  /** The present field as a signed number; throws for one beyond 2^53. */
  number(): number {
    if (this.#wire !== VARINT) throw this.#noMessage();
    const value = Number(BigInt.asIntN(64, this.#value));
    if (!Number.isSafeInteger(value)) throw this.#reader.invalid('a number in it is beyond all bounds');
    return value;
  }

  /** Of a repeated field of numbers those that stand here, packed or not; throws for more than `max`. */
  async numbers(max: number): Promise<readonly number[]> {
    if (this.#wire === VARINT) return [this.number()];
    if (this.#wire !== BYTES) throw this.#noMessage();
    const values: number[] = [];
    while (this.#reader.position < this.#fieldEnd) {
      if (values.length === max) throw this.#reader.invalid(`a list in it has more than ${max} numbers`);
      await this.#reader.ensure(Math.min(MAX_VARINT_BYTES, this.#reader.remaining));
      this.#value = this.#varint();
      const value = Number(BigInt.asIntN(64, this.#value));
      if (!Number.isSafeInteger(value)) throw this.#reader.invalid('a number in it is beyond all bounds');
      values.push(value);
    }
    return values;
  }

  /** The present field as text, of which the first `maxBytes` are read. */
  async text(maxBytes = 10_000): Promise<string> {
    const { sizeBytes } = this.place();
    const wanted = Math.min(sizeBytes, maxBytes);
    await this.#reader.ensure(wanted);
    const text = this.#reader.text(wanted);
    return sizeBytes > wanted ? `${text}… (${sizeBytes} bytes)` : text;
  }

  /** The present field's bytes; throws for more than `maxBytes`. */
  async bytes(maxBytes: number): Promise<Uint8Array> {
    const { sizeBytes } = this.place();
    if (sizeBytes > maxBytes) throw this.#reader.invalid(`a field in it is ${sizeBytes} bytes long`);
    await this.#reader.ensure(sizeBytes);
    return this.#reader.bytes(sizeBytes);
  }

  /** Where the present field's bytes are in the file. */
  place(): { readonly offset: number; readonly sizeBytes: number } {
    if (this.#wire !== BYTES) throw this.#noMessage();
    return { offset: this.#reader.position, sizeBytes: this.#fieldEnd - this.#reader.position };
  }

  /** The present field as a message, to be walked before this one goes on. */
  message(): ProtoReader {
    if (this.#wire !== BYTES) throw this.#noMessage();
    if (this.#depth === MAX_DEPTH) throw this.#reader.invalid(`it is more than ${MAX_DEPTH} levels deep`);
    return new ProtoReader(this.#reader, this.#fieldEnd, this.#depth + 1, this.#budget);
  }

  /** Key and value of a map's entry; `readValue` takes the value. */
  async entry<T>(readValue: (value: ProtoReader) => Promise<T>): Promise<readonly [string, T | undefined]> {
    let key = '';
    let value: T | undefined;
    const entry = this.message();
    while (await entry.next()) {
      if (entry.field === 1) key = await entry.text(1000);
      else if (entry.field === 2) value = await readValue(entry);
    }
    return [key, value];
  }

  #varint(): bigint {
    let value = 0;
    let factor = 1;
    let count = 0;
    for (; count < SAFE_VARINT_BYTES; count += 1) {
      const byte = this.#reader.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return BigInt(value);
      factor *= 128;
    }
    let wide = BigInt(value);
    for (; count < MAX_VARINT_BYTES; count += 1) {
      const byte = this.#reader.u8();
      wide += BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) return BigInt.asUintN(64, wide);
    }
    throw this.#noMessage();
  }

  #noMessage(): Error {
    return this.#reader.invalid(`what stands at byte ${this.#reader.position} isn't Protocol Buffers`);
  }
}
