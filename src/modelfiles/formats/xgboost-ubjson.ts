import type { ByteSource } from '../file-set.ts';
import { ByteReader } from '../read/byte-reader.ts';
import { takeList } from './xgboost-json.ts';
import { emptyXgboostModel, isWantedOfXgboost, takeXgboostText, type XgboostModel } from './xgboost-model.ts';

const MAX_DEPTH = 64;
const MAX_TEXT_BYTES = 1024 * 1024;

const sizes: Readonly<Record<string, number>> = {
  i: 1,
  U: 1,
  I: 2,
  l: 4,
  L: 8,
  d: 4,
  D: 8,
  C: 1,
  T: 0,
  F: 0,
  Z: 0,
  N: 0,
};

/** Reads a model in UBJSON (https://ubjson.org, numbers big-endian), passing over the trees. Throws `MODEL_FILE_INVALID`. */
export async function readXgboostUbjson(source: ByteSource, path: string): Promise<XgboostModel> {
  const reader = new UbjsonReader(new ByteReader(source, path));
  await reader.readDocument();
  return reader.model;
}

class UbjsonReader {
  readonly model = emptyXgboostModel();
  readonly #reader: ByteReader;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  async readDocument(): Promise<void> {
    if ((await this.#marker()) !== '{') throw this.#reader.invalid('it doesn’t begin with an object');
    await this.#object([], 0);
    if (this.#reader.remaining > 0) throw this.#reader.invalid('it goes on behind its end');
  }

  async #marker(): Promise<string> {
    const reader = this.#reader;
    if (!reader.has(1)) await reader.ensure(1);
    return String.fromCharCode(reader.u8());
  }

  async #object(path: readonly string[], depth: number): Promise<void> {
    const { type, count } = await this.#header();
    for (let index = 0; count === undefined || index < count; index += 1) {
      let marker = await this.#marker();
      while (marker === 'N') marker = await this.#marker();
      if (count === undefined && marker === '}') return;
      const key = await this.#text(await this.#integer(marker));
      // A pickled booster has the model beside its configuration.
      const inner = path.length === 0 && key === 'Model' ? [] : [...path, key];
      await this.#value(type ?? (await this.#marker()), inner, depth + 1);
    }
  }

  async #value(marker: string, path: readonly string[], depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw this.#reader.invalid('it is nested too deeply');
    switch (marker) {
      case '{':
        return this.#object(path, depth);
      case '[':
        return this.#array(path, depth);
      case 'S': {
        const length = await this.#integer(await this.#marker());
        if (!isWantedOfXgboost(path)) return this.#reader.skip(length);
        return takeXgboostText(this.model, path, await this.#text(length));
      }
      case 'H':
        return this.#reader.skip(await this.#integer(await this.#marker()));
      default:
        return this.#reader.skip(this.#sizeOf(marker));
    }
  }

  async #array(path: readonly string[], depth: number): Promise<void> {
    const { type, count } = await this.#header();
    const isWanted = isWantedOfXgboost(path);
    if (type !== undefined && count !== undefined && type !== 'S' && !isWanted && !'[{'.includes(type))
      return this.#reader.skip(count * this.#sizeOf(type));
    const items: string[] = [];
    for (let index = 0; count === undefined || index < count; index += 1) {
      const marker = type ?? (await this.#marker());
      if (count === undefined && marker === ']') break;
      if (marker === 'S') {
        const length = await this.#integer(await this.#marker());
        if (isWanted) items.push(await this.#text(length));
        else this.#reader.skip(length);
      } else if (isWanted && 'iUIlL'.includes(marker)) {
        items.push(String(await this.#integer(marker)));
      } else {
        await this.#value(marker, [...path, ''], depth + 1);
      }
      if (type !== undefined && this.#sizeOf(type, true) === 0) break;
    }
    takeList(this.model, path, items);
  }

  /** Type and count that a container may begin with. */
  async #header(): Promise<{ readonly type?: string; readonly count?: number }> {
    const reader = this.#reader;
    if (!reader.has(1)) await reader.ensure(1);
    const found: { type?: string; count?: number } = {};
    if (reader.peek() === 0x24) {
      reader.skip(1);
      found.type = await this.#marker();
      if (!reader.has(1)) await reader.ensure(1);
      if (reader.peek() !== 0x23) throw reader.invalid('it has a type without a count');
    }
    if (reader.peek() === 0x23) {
      reader.skip(1);
      found.count = await this.#integer(await this.#marker());
    }
    return found;
  }

  async #integer(marker: string): Promise<number> {
    const reader = this.#reader;
    const size = sizes[marker];
    if (size === undefined || !'iUIlL'.includes(marker))
      throw reader.invalid(`it has ${JSON.stringify(marker)} where a length should be`);
    if (!reader.has(size)) await reader.ensure(size);
    const bytes = reader.bytes(size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (marker) {
      case 'i':
        return view.getInt8(0);
      case 'U':
        return view.getUint8(0);
      case 'I':
        return view.getInt16(0);
      case 'l':
        return view.getInt32(0);
      default:
        return Number(view.getBigInt64(0));
    }
  }

  async #text(length: number): Promise<string> {
    const reader = this.#reader;
    if (length < 0 || length > MAX_TEXT_BYTES) throw reader.invalid(`it has a text of ${length} bytes`);
    if (!reader.has(length)) await reader.ensure(length);
    return reader.text(length);
  }

  #sizeOf(marker: string, isElement = false): number {
    const size = sizes[marker];
    if (size !== undefined) return size;
    if (isElement) return 1;
    throw this.#reader.invalid(`it has ${JSON.stringify(marker)}, which isn’t a type of UBJSON`);
  }
}
