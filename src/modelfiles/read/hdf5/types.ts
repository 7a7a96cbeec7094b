import type { PagedReader } from '../paged-reader.ts';

/** What one element of a dataset or attribute is (format specification IV.A.2.d). */
export interface Hdf5Type {
  /** `float32`, `string` … */
  readonly name: string;
  readonly sizeBytes: number;
  readonly isVariableText: boolean;
  readonly isFixedText: boolean;
  /** Whether the elements lie there as little-endian numbers. */
  readonly isPlain: boolean;
}

export async function readType(reader: PagedReader, offset: number): Promise<Hdf5Type> {
  const classAndVersion = await reader.u8(offset);
  const bits = await reader.u8(offset + 1);
  const sizeBytes = await reader.u32(offset + 4);
  const isBigEndian = (bits & 1) === 1 && sizeBytes > 1;
  const type = { sizeBytes, isVariableText: false, isFixedText: false, isPlain: false };
  switch (classAndVersion & 0x0f) {
    case 0:
      return { ...type, name: `${bits & 8 ? 'int' : 'uint'}${sizeBytes * 8}`, isPlain: !isBigEndian };
    case 1:
      return { ...type, name: await floatName(reader, offset, sizeBytes), isPlain: !isBigEndian };
    case 3:
      return { ...type, name: 'string', isFixedText: true };
    case 4:
      return { ...type, name: 'bitfield', isPlain: !isBigEndian };
    case 5:
      return { ...type, name: `opaque${sizeBytes * 8}`, isPlain: true };
    case 8:
      // h5py has an enumeration of FALSE and TRUE for truth values.
      return { ...type, name: sizeBytes === 1 ? 'bool' : 'enum', isPlain: true };
    case 9:
      return (bits & 0x0f) === 1 ? { ...type, name: 'string', isVariableText: true } : { ...type, name: 'list' };
    default:
      return { ...type, name: 'compound' };
  }
}

/** 16 bits are a half or a bfloat16, by the size of the exponent. */
async function floatName(reader: PagedReader, offset: number, sizeBytes: number): Promise<string> {
  if (sizeBytes !== 2) return `float${sizeBytes * 8}`;
  const exponentBits = await reader.u8(offset + 13);
  return exponentBits === 8 ? 'bfloat16' : 'float16';
}

const MAX_DIMENSIONS = 32;

/** The dimensions: none for a scalar (format specification IV.A.2.b). */
export async function readShape(reader: PagedReader, offset: number): Promise<readonly number[]> {
  const version = await reader.u8(offset);
  const rank = await reader.u8(offset + 1);
  if (rank > MAX_DIMENSIONS) throw reader.invalid(`something in it claims ${rank} dimensions`);
  if (version === 2 && (await reader.u8(offset + 3)) === 2) return [0];
  const at = offset + (version === 1 ? 8 : 4);
  const shape: number[] = [];
  for (let index = 0; index < rank; index += 1) shape.push(await reader.u64(at + 8 * index));
  return shape;
}
