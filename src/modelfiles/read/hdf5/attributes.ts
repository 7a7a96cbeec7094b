import type { PagedReader } from '../paged-reader.ts';
import type { HeaderMessage } from './messages.ts';
import { type Hdf5Type, readShape, readType } from './types.ts';

const MAX_TEXT_BYTES = 16_000_000;
const MAX_ITEMS = 100_000;

/** An attribute's name and its texts; undefined for one of another kind (format specification IV.A.2.m). */
export async function readTextAttribute(
  reader: PagedReader,
  { offset }: HeaderMessage,
): Promise<{ readonly name: string; readonly texts: readonly string[] } | undefined> {
  const version = await reader.u8(offset);
  if (version < 1 || version > 3) return undefined;
  const padded = (bytes: number) => (version === 1 ? Math.ceil(bytes / 8) * 8 : bytes);
  const nameBytes = await reader.u16(offset + 2);
  const typeBytes = await reader.u16(offset + 4);
  const spaceBytes = await reader.u16(offset + 6);
  const nameAt = offset + (version === 3 ? 9 : 8);
  const typeAt = nameAt + padded(nameBytes);
  const spaceAt = typeAt + padded(typeBytes);
  const dataAt = spaceAt + padded(spaceBytes);
  const type = await readType(reader, typeAt);
  if (!type.isFixedText && !type.isVariableText) return undefined;
  const name = (await reader.text(nameAt, nameBytes)).replace(/\0+$/, '');
  const count = (await readShape(reader, spaceAt)).reduce((product, size) => product * size, 1);
  if (count > MAX_ITEMS) throw reader.invalid(`an attribute in it claims ${count} texts`);
  const texts: string[] = [];
  for (let index = 0; index < count; index += 1)
    texts.push(await readText(reader, type, dataAt + index * type.sizeBytes));
  return { name, texts };
}

async function readText(reader: PagedReader, type: Hdf5Type, offset: number): Promise<string> {
  const text = type.isFixedText ? await reader.text(offset, type.sizeBytes) : await heapText(reader, offset);
  return text.replace(/\0+$/, '');
}

/** Text of any length stands in a global heap (III.E). */
async function heapText(reader: PagedReader, offset: number): Promise<string> {
  const length = await reader.u32(offset);
  const heap = await reader.u64(offset + 4);
  const wanted = await reader.u32(offset + 12);
  if (length === 0) return '';
  if (length > MAX_TEXT_BYTES) throw reader.invalid(`a text in it claims to be ${length} bytes long`);
  if ((await reader.text(heap, 4)) !== 'GCOL') throw reader.invalid(`at byte ${heap} is no heap of texts`);
  const end = heap + (await reader.u64(heap + 8));
  for (let at = heap + 16; at + 16 <= end; ) {
    const index = await reader.u16(at);
    const sizeBytes = await reader.u64(at + 8);
    if (index === wanted && index !== 0) return reader.text(at + 16, Math.min(length, sizeBytes));
    if (index === 0) break;
    at += 16 + Math.ceil(sizeBytes / 8) * 8;
  }
  throw reader.invalid('a text in it isn’t in the heap that it should be in');
}
