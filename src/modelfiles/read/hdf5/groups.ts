import type { PagedReader } from '../paged-reader.ts';
import { type HeaderMessage, unsigned } from './messages.ts';

/** A name in a group, and the address of the object that it leads to. */
export interface Hdf5Link {
  readonly name: string;
  readonly address: number;
}

const MAX_LINKS = 200_000;
const MAX_LEVELS = 16;
const MAX_NAME_BYTES = 4096;
const NOWHERE = 0xffff_ffff_ffff_ffffn;

/** The members of a group in the older form: a B-tree of symbol tables, and a heap of names (format specification III.A.1, III.B, III.D). */
export async function linksOfSymbolTable(reader: PagedReader, message: HeaderMessage): Promise<readonly Hdf5Link[]> {
  const tree = await reader.u64(message.offset);
  const heap = await reader.u64(message.offset + 8);
  if ((await reader.text(heap, 4)) !== 'HEAP') throw reader.invalid(`at byte ${heap} is no heap of names`);
  const namesAt = await reader.u64(heap + 24);
  const links: Hdf5Link[] = [];

  async function visit(address: number, levels: number): Promise<void> {
    const signature = await reader.text(address, 4);
    if (signature === 'SNOD') return readSymbols(address);
    if (signature !== 'TREE' || levels > MAX_LEVELS) throw reader.invalid(`at byte ${address} is no list of members`);
    const entries = await reader.u16(address + 6);
    for (let index = 0; index < entries; index += 1)
      await visit(await reader.u64(address + 32 + 16 * index), levels + 1);
  }

  async function readSymbols(address: number): Promise<void> {
    const count = await reader.u16(address + 6);
    for (let index = 0; index < count; index += 1) {
      if (links.length === MAX_LINKS) throw reader.invalid(`a group in it has more than ${MAX_LINKS} members`);
      const entry = address + 8 + 40 * index;
      // Symbolic links lead elsewhere by name, perhaps into another file.
      if ((await reader.u32(entry + 16)) === 2) continue;
      const name = await textUpToZero(reader, namesAt + (await reader.u64(entry)));
      links.push({ name, address: await reader.u64(entry + 8) });
    }
  }

  await visit(tree, 0);
  return links;
}

/** A member in the newer form: a message of its own (IV.A.2.g). Undefined for links that aren't hard. */
export async function linkOfMessage(reader: PagedReader, { offset }: HeaderMessage): Promise<Hdf5Link | undefined> {
  const flags = await reader.u8(offset + 1);
  let at = offset + 2;
  const kind = flags & 8 ? await reader.u8(at) : 0;
  if (flags & 8) at += 1;
  if (flags & 4) at += 8;
  if (flags & 0x10) at += 1;
  const widthBytes = 1 << (flags & 3);
  const nameBytes = await unsigned(reader, at, widthBytes);
  at += widthBytes;
  if (nameBytes > MAX_NAME_BYTES) throw reader.invalid(`a name in it claims to be ${nameBytes} bytes long`);
  if (kind !== 0) return undefined;
  return { name: await reader.text(at, nameBytes), address: await reader.u64(at + nameBytes) };
}

/** Whether a group keeps its members where they aren't looked for: in a fractal heap, as large groups of the newest form do. */
export async function hasDenseLinks(reader: PagedReader, { offset }: HeaderMessage): Promise<boolean> {
  const flags = await reader.u8(offset + 1);
  const heap = await reader.view(offset + 2 + (flags & 1 ? 8 : 0), 8);
  return heap.getBigUint64(0, true) !== NOWHERE;
}

async function textUpToZero(reader: PagedReader, offset: number): Promise<string> {
  const bytes = await reader.bytes(offset, Math.min(MAX_NAME_BYTES, Math.max(0, reader.sizeBytes - offset)));
  const end = bytes.indexOf(0);
  return Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)).toString('utf8');
}
