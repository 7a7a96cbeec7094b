import { elementCount } from '../../base/shape.ts';
import type { TensorFacts } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { ByteReader, safeNumber } from '../read/byte-reader.ts';
import { GGML_TYPES } from './ggml-types.ts';

/** What a GGUF file says before its data (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). */
export interface GgufHeader {
  readonly version: number;
  /** Keys and values in their order; of lists the type and length, and the items where they are few. */
  readonly values: ReadonlyMap<string, string>;
  readonly tensors: readonly TensorFacts[];
  /** As long as the file must be at least, by those tensors whose type is known. */
  readonly fileBytes: number;
  readonly problems: readonly string[];
}

const MAX_VALUES = 100_000;
const MAX_TENSORS = 1_000_000;
const MAX_DIMENSIONS = 8;
const MAX_TEXT_BYTES = 1_000_000;
const MAX_KEY_BYTES = 65_535;
const MAX_LISTED_ITEMS = 16;
/** Vocabularies have some hundred thousand words. */
const MAX_TEXTS = 4_000_000;
const MAX_PROBLEMS = 20;
const DEFAULT_ALIGNMENT = 32;

const STRING = 8;
const ARRAY = 9;
/** The types of plain values, and how many bytes they take. */
const PLAIN: ReadonlyMap<number, { readonly name: string; readonly bytes: number }> = new Map([
  [0, { name: 'uint8', bytes: 1 }],
  [1, { name: 'int8', bytes: 1 }],
  [2, { name: 'uint16', bytes: 2 }],
  [3, { name: 'int16', bytes: 2 }],
  [4, { name: 'uint32', bytes: 4 }],
  [5, { name: 'int32', bytes: 4 }],
  [6, { name: 'float32', bytes: 4 }],
  [7, { name: 'bool', bytes: 1 }],
  [10, { name: 'uint64', bytes: 8 }],
  [11, { name: 'int64', bytes: 8 }],
  [12, { name: 'float64', bytes: 8 }],
]);

/** Reads what stands before the data. Throws `MODEL_FILE_INVALID`. */
export async function readGgufHeader(source: ByteSource, path: string): Promise<GgufHeader> {
  const reader = new ByteReader(source, path);
  await reader.ensure(24);
  if (reader.u32() !== 0x4655_4747) throw reader.invalid('it doesn’t begin with GGUF');
  const version = reader.u32();
  if (version !== 2 && version !== 3)
    throw reader.invalid(version > 0xffff ? 'its numbers are big-endian' : `version ${version} of GGUF isn't known`);
  const tensorCount = reader.u64();
  const valueCount = reader.u64();
  if (valueCount > BigInt(MAX_VALUES) || tensorCount > BigInt(MAX_TENSORS))
    throw reader.invalid(`it claims to have ${tensorCount} tensors and ${valueCount} values`);
  const problems: string[] = [];
  const note = (problem: string) => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  const values = new Map<string, string>();
  for (let index = 0; index < valueCount; index += 1) {
    const key = await readText(reader, MAX_KEY_BYTES);
    await reader.ensure(4);
    if (values.has(key)) note(`${path} has the key ${key.slice(0, 100)} twice`);
    values.set(key, await readValue(reader, reader.u32()));
  }
  const raw: RawTensor[] = [];
  for (let index = 0; index < tensorCount; index += 1) raw.push(await readTensor(reader));
  const alignment = alignmentOf(values.get('general.alignment'));
  if (alignment === undefined) throw reader.invalid('its alignment is no power of two');
  const dataAt = Math.ceil(reader.position / alignment) * alignment;

  let fileBytes = raw.length === 0 ? reader.position : dataAt;
  const tensors = raw.map(({ name, shape, typeCode, offset }): TensorFacts => {
    const type = GGML_TYPES.get(typeCode);
    if (!type) {
      note(`The tensor ${name.slice(0, 100)} has an unknown type, ${typeCode}`);
      return { name, dtype: `ggml-${typeCode}`, shape };
    }
    const elements = elementCount(shape);
    const sizeBytes = elements === undefined ? undefined : (elements / type.blockElements) * type.blockBytes;
    if (sizeBytes === undefined || !Number.isSafeInteger(sizeBytes)) {
      note(`The tensor ${name.slice(0, 100)} can't have its shape in its type`);
      return { name, dtype: type.name, shape };
    }
    const end = dataAt + offset + sizeBytes;
    fileBytes = Math.max(fileBytes, end);
    if (offset % alignment !== 0) note(`The tensor ${name.slice(0, 100)} isn't aligned`);
    const place = end <= source.sizeBytes ? { place: { path, offset: dataAt + offset, sizeBytes } } : {};
    return { name, dtype: type.name, shape, ...place };
  });
  if (fileBytes > source.sizeBytes)
    note(`${path} is ${source.sizeBytes} bytes long, and its header says ${fileBytes}: its end is missing`);
  for (const name of overlapping(tensors)) note(`The tensor ${name.slice(0, 100)} overlaps another`);
  return { version, values, tensors, fileBytes, problems };
}

interface RawTensor {
  readonly name: string;
  /** Outermost dimension first, as everywhere but in the file. */
  readonly shape: readonly number[];
  readonly typeCode: number;
  readonly offset: number;
}

async function readTensor(reader: ByteReader): Promise<RawTensor> {
  const name = await readText(reader, MAX_KEY_BYTES);
  if (!reader.has(4 + 8 * MAX_DIMENSIONS + 12)) await reader.ensure(4);
  const dimensions = reader.u32();
  if (dimensions > MAX_DIMENSIONS) throw reader.invalid(`a tensor in it claims ${dimensions} dimensions`);
  if (!reader.has(8 * dimensions + 12)) await reader.ensure(8 * dimensions + 12);
  const shape = Array.from({ length: dimensions }, () => safeNumber(reader.u64()));
  const typeCode = reader.u32();
  const offset = safeNumber(reader.u64());
  if (offset === undefined || !shape.every((size) => size !== undefined))
    throw reader.invalid(`the tensor ${name.slice(0, 100)} has a shape or place beyond all bounds`);
  return { name, shape: shape.reverse(), typeCode, offset };
}

async function readText(reader: ByteReader, maxBytes: number): Promise<string> {
  if (!reader.has(8)) await reader.ensure(8);
  const length = reader.u64();
  if (length > BigInt(reader.remaining)) throw reader.invalid(`a text in it claims to be ${length} bytes long`);
  const bytes = Number(length);
  if (bytes > maxBytes) {
    reader.skip(bytes);
    return `(${bytes} bytes)`;
  }
  if (!reader.has(bytes)) await reader.ensure(bytes);
  return reader.text(bytes);
}

async function readValue(reader: ByteReader, type: number): Promise<string> {
  if (type === STRING) return readText(reader, MAX_TEXT_BYTES);
  if (type === ARRAY) return readList(reader);
  const plain = PLAIN.get(type);
  if (!plain) throw reader.invalid(`it has a value of an unknown type, ${type}`);
  if (!reader.has(plain.bytes)) await reader.ensure(plain.bytes);
  return plainText(reader, type);
}

function plainText(reader: ByteReader, type: number): string {
  switch (type) {
    case 0:
      return String(reader.u8());
    case 1:
      return String((reader.u8() << 24) >> 24);
    case 2:
      return String(reader.u16());
    case 3:
      return String((reader.u16() << 16) >> 16);
    case 4:
      return String(reader.u32());
    case 5:
      return String(reader.i32());
    case 6:
      return float32Text(reader.f32());
    case 7:
      return String(reader.u8() !== 0);
    case 10:
      return String(reader.u64());
    case 11:
      return String(reader.i64());
    default:
      return String(reader.f64());
  }
}

/** The shortest decimal that is this number in 32 bits. */
function float32Text(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(value);
}

async function readList(reader: ByteReader): Promise<string> {
  await reader.ensure(12);
  const type = reader.u32();
  const length = reader.u64();
  const plain = PLAIN.get(type);
  if (length > BigInt(reader.remaining)) throw reader.invalid(`a list in it claims to have ${length} items`);
  const count = Number(length);
  const items: string[] = [];
  if (type === STRING) {
    if (count > MAX_TEXTS) throw reader.invalid(`a list in it claims to have ${count} texts`);
    for (let index = 0; index < count; index += 1) {
      const text = await readText(reader, index < MAX_LISTED_ITEMS ? MAX_TEXT_BYTES : 0);
      if (count <= MAX_LISTED_ITEMS) items.push(text);
    }
  } else if (plain) {
    if (count <= MAX_LISTED_ITEMS)
      for (let index = 0; index < count; index += 1) items.push(await readValue(reader, type));
    else reader.skip(count * plain.bytes);
  } else {
    throw reader.invalid('it has a list of lists');
  }
  return count <= MAX_LISTED_ITEMS ? `[${items.join(', ')}]` : `${count} × ${plain?.name ?? 'string'}`;
}

function alignmentOf(text: string | undefined): number | undefined {
  const alignment = text === undefined ? DEFAULT_ALIGNMENT : Number(text);
  const isPowerOfTwo = Number.isInteger(Math.log2(alignment));
  return isPowerOfTwo && alignment >= 1 && alignment <= 2 ** 20 ? alignment : undefined;
}

function overlapping(tensors: readonly TensorFacts[]): readonly string[] {
  const placed = tensors.flatMap(({ name, place }) => (place ? [{ name, ...place }] : []));
  placed.sort((a, b) => a.offset - b.offset);
  const names: string[] = [];
  let end = 0;
  for (const { name, offset, sizeBytes } of placed) {
    if (offset < end) names.push(name);
    end = Math.max(end, offset + sizeBytes);
  }
  return names;
}
