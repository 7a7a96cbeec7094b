import type { PagedReader } from '../paged-reader.ts';

/** A message of an object's header, without its own header. */
export interface HeaderMessage {
  readonly type: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

const CONTINUATION = 0x10;
const MAX_MESSAGES = 100_000;
const MAX_BLOCKS = 1000;

/** The messages of the object whose header is at `address`, in both versions of headers (format specification IV.A.1). */
export async function readMessages(reader: PagedReader, address: number): Promise<readonly HeaderMessage[]> {
  const isVersion2 = (await reader.text(address, 4)) === 'OHDR';
  const first = isVersion2 ? await firstBlockOf2(reader, address) : await firstBlockOf1(reader, address);
  const blocks = [first];
  const messages: HeaderMessage[] = [];
  for (let index = 0; index < blocks.length; index += 1) {
    const block = blocks[index];
    if (!block || index > MAX_BLOCKS) throw reader.invalid('the header of an object in it has no end');
    for await (const message of messagesIn(reader, block)) {
      if (messages.length > MAX_MESSAGES) throw reader.invalid('the header of an object in it has no end');
      if (message.type === CONTINUATION) blocks.push(await continuation(reader, message, block));
      else messages.push(message);
    }
  }
  return messages;
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly headerBytes: number;
  readonly isVersion2: boolean;
}

async function firstBlockOf1(reader: PagedReader, address: number): Promise<Block> {
  if ((await reader.u8(address)) !== 1) throw reader.invalid(`at byte ${address} is no header of an object`);
  const start = address + 16;
  return { start, end: start + (await reader.u32(address + 8)), headerBytes: 8, isVersion2: false };
}

async function firstBlockOf2(reader: PagedReader, address: number): Promise<Block> {
  const flags = await reader.u8(address + 5);
  let at = address + 6;
  if (flags & 0x20) at += 16;
  if (flags & 0x10) at += 4;
  const widthBytes = 1 << (flags & 3);
  const sizeBytes = await unsigned(reader, at, widthBytes);
  const start = at + widthBytes;
  return { start, end: start + sizeBytes, headerBytes: flags & 4 ? 6 : 4, isVersion2: true };
}

async function continuation(reader: PagedReader, { offset }: HeaderMessage, from: Block): Promise<Block> {
  const start = await reader.u64(offset);
  const end = start + (await reader.u64(offset + 8));
  // In version 2 a block has a signature and a checksum of its own.
  return from.isVersion2 ? { ...from, start: start + 4, end: end - 4 } : { ...from, start, end };
}

async function* messagesIn(
  reader: PagedReader,
  { start, end, headerBytes, isVersion2 }: Block,
): AsyncGenerator<HeaderMessage> {
  for (let at = start; at + headerBytes <= end; ) {
    const type = isVersion2 ? await reader.u8(at) : await reader.u16(at);
    const sizeBytes = await reader.u16(at + (isVersion2 ? 1 : 2));
    const offset = at + headerBytes;
    if (offset + sizeBytes > end) throw reader.invalid(`the header of an object ends within a message at byte ${at}`);
    yield { type, offset, sizeBytes };
    at = offset + sizeBytes;
  }
}

/** An unsigned number of 1, 2, 4 or 8 bytes. */
export async function unsigned(reader: PagedReader, offset: number, widthBytes: number): Promise<number> {
  switch (widthBytes) {
    case 1:
      return reader.u8(offset);
    case 2:
      return reader.u16(offset);
    case 4:
      return reader.u32(offset);
    default:
      return reader.u64(offset);
  }
}
