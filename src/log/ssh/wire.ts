/** Thrown for bytes that aren't what they should be; never leaves this folder. */
export class Malformed extends Error {}

/** Reads what SSH writes (RFC 4251, section 5) from bytes that anybody may have made. Throws `Malformed`. */
export class WireReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  bytes(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new Malformed('ends too early');
    const found = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return found;
  }

  byte(): number {
    return this.bytes(1).readUInt8(0);
  }

  number(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  string(): Buffer {
    return this.bytes(this.number());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  /** A positive number of at most `maxBytes`, without leading zeros: in the one form that it has. */
  positive(maxBytes: number): Buffer {
    const bytes = this.string();
    const [first = 0x80, second = 0] = bytes;
    const isPadded = first === 0;
    if (first >= 0x80 || (isPadded && second < 0x80)) throw new Malformed('has a number that is not well formed');
    const number = isPadded ? bytes.subarray(1) : bytes;
    if (number.length > maxBytes) throw new Malformed('has a number that is too large');
    return number;
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) throw new Malformed('goes on after its end');
  }
}

/** Bytes with their length before them. */
export function wireString(bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** Standard base64 in the one form that it has; undefined for any other text. */
export function canonicalBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}
