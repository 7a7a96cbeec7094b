const MAX_DEPTH = 64;
/** Keys of one object. */
const MAX_KEYS = 1_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** JSON that isn't: the message completes "the JSON …". */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem';
}

/**
 * Takes JSON from bytes piece by piece, in the order in which it stands there, so that large documents become what is wanted of them
 * without a tree in between. Unlike `JSON.parse` it refuses keys that stand twice in one object, and depth beyond 64. Keys are text:
 * none becomes a property. Every method throws `JsonProblem` for what isn't JSON, or isn't what was asked for.
 */
export class JsonReader {
  readonly #bytes: Uint8Array;
  readonly #buffer: Buffer;
  #at = 0;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** What stands next, without taking it. */
  kind(): 'object' | 'array' | 'string' | 'number' | 'other' {
    switch (this.#next()) {
      case OPEN_OBJECT:
        return 'object';
      case OPEN_ARRAY:
        return 'array';
      case QUOTE:
        return 'string';
      case 0x74: // true
      case 0x66: // false
      case 0x6e: // null
        return 'other';
      default:
        return 'number';
    }
  }

  /** Takes an object; `onKey` takes the value of each key. */
  object(onKey: (key: string) => void): void {
    this.#open(OPEN_OBJECT, 'an object');
    // Most objects have few keys, and there may be 100,000 of them: a set is made for the others.
    const few: string[] = [];
    let many: Set<string> | undefined;
    if (this.#next() !== CLOSE_OBJECT) {
      for (;;) {
        if (this.#next() !== QUOTE) throw this.#problem('has something else where a key should be');
        const key = this.string();
        if (many ? many.has(key) : few.includes(key))
          throw this.#problem(`has ${JSON.stringify(key.slice(0, 80))} twice`);
        if (!many && few.length === 8) many = new Set(few);
        if (many?.size === MAX_KEYS) throw this.#problem(`has more than ${MAX_KEYS} keys in one object`);
        if (many) many.add(key);
        else few.push(key);
        this.#expect(COLON, 'a colon');
        onKey(key);
        if (this.#next() !== COMMA) break;
        this.#at += 1;
      }
    }
    this.#close(CLOSE_OBJECT, 'the end of an object');
  }

  /** Takes an array; `onItem` takes each item. */
  array(onItem: () => void): void {
    this.#open(OPEN_ARRAY, 'a list');
    if (this.#next() !== CLOSE_ARRAY) {
      for (;;) {
        onItem();
        if (this.#next() !== COMMA) break;
        this.#at += 1;
      }
    }
    this.#close(CLOSE_ARRAY, 'the end of a list');
  }

  string(): string {
    this.#expect(QUOTE, 'text');
    const start = this.#at;
    let isAscii = true;
    let isEscaped = false;
    for (; ; this.#at += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw this.#problem('ends in the middle of text');
      if (byte === QUOTE) break;
      if (byte < 0x20) throw this.#problem('has a control character in text');
      if (byte >= 0x80) isAscii = false;
      if (byte === BACKSLASH) {
        isEscaped = true;
        this.#at += 1;
      }
    }
    const end = this.#at;
    this.#at += 1;
    const text = isAscii ? this.#buffer.toString('latin1', start, end) : this.#decode(start, end);
    return isEscaped ? this.#unescape(text) : text;
  }

  number(): number {
    const text = this.#word();
    if (!NUMBER.test(text)) throw this.#problem('has something else where a number should be');
    return Number(text);
  }

  /** Takes whatever comes, and forgets it. */
  skip(): void {
    switch (this.kind()) {
      case 'object':
        this.object(() => this.skip());
        break;
      case 'array':
        this.array(() => this.skip());
        break;
      case 'string':
        this.string();
        break;
      case 'number':
        this.number();
        break;
      case 'other':
        if (!['true', 'false', 'null'].includes(this.#word())) throw this.#problem('has a word that JSON doesn’t know');
    }
  }

  /** To be called last: nothing but space may follow. */
  end(): void {
    this.#next();
    if (this.#at < this.#bytes.length) throw this.#problem('goes on behind its end');
  }

  #word(): string {
    this.#next();
    const start = this.#at;
    while (isOfWord(this.#bytes[this.#at])) this.#at += 1;
    return this.#buffer.toString('latin1', start, Math.min(this.#at, start + 400));
  }

  /** The first byte that isn't space. */
  #next(): number | undefined {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.#at += 1;
    }
  }

  #expect(byte: number, what: string): void {
    if (this.#next() !== byte) throw this.#problem(`has something else where ${what} should be`);
    this.#at += 1;
  }

  #open(byte: number, what: string): void {
    this.#expect(byte, what);
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#problem(`is more than ${MAX_DEPTH} levels deep`);
  }

  #close(byte: number, what: string): void {
    this.#expect(byte, what);
    this.#depth -= 1;
  }

  #decode(start: number, end: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, end));
    } catch {
      throw this.#problem('has text that isn’t UTF-8');
    }
  }

  #unescape(text: string): string {
    try {
      return String(JSON.parse(`"${text}"`));
    } catch {
      throw this.#problem('has text with a wrong escape');
    }
  }

  #problem(what: string): JsonProblem {
    return new JsonProblem(`${what}, at its byte ${this.#at}`);
  }
}

function isOfWord(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) ||
      (byte >= 0x61 && byte <= 0x7a) ||
      byte === 0x2d ||
      byte === 0x2b ||
      byte === 0x2e ||
      byte === 0x45)
  );
}
