import { inflateRawSync } from 'node:zlib';
import { type ByteSource, MAX_READ_BYTES } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import { ByteReader, safeNumber } from './byte-reader.ts';
import { windowOf } from './window.ts';

/** One file in an archive. */
export interface ZipEntry {
  /** As it stands there: never a path to write to. */
  readonly name: string;
  /** Unpacked. */
  readonly sizeBytes: number;
  readonly packedBytes: number;
  readonly isStored: boolean;
  readonly isEncrypted: boolean;
  readonly headerOffset: number;
}

export interface ZipArchive {
  /** In the order of the directory, names that stand there twice included. */
  readonly entries: readonly ZipEntry[];
  /** The entry of this name; of several the last, as Python takes it. */
  find(name: string): ZipEntry | undefined;
  /** Random access to an entry that isn't compressed, and where its bytes begin in the file. Throws `MODEL_FILE_INVALID` for others. */
  openStored(entry: ZipEntry): Promise<{ readonly source: ByteSource; readonly offset: number }>;
  /** An entry's bytes, unpacked. Throws `MODEL_FILE_INVALID` for one that is longer than `maxBytes`. */
  readEntry(entry: ZipEntry, maxBytes: number): Promise<Uint8Array>;
  /** What is wrong with the archive, in sentences: names that stand in it twice, for one. */
  readonly problems: readonly string[];
}

const MAX_ENTRIES = 300_000;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const LOCATOR_BYTES = 20;
const LOCAL_HEADER_BYTES = 30;
const UNKNOWN_32 = 0xffff_ffff;
const UNKNOWN_16 = 0xffff;
const utf8 = new TextDecoder('utf-8');

/**
 * The directory of a zip archive, zip64 too (PKWARE's APPNOTE.TXT, 4.3 and 4.5.3). Reads the end of the file only; the caller keeps
 * `source` open as long as it reads entries. Throws `MODEL_FILE_INVALID`.
 */
export async function readZip(source: ByteSource, path: string): Promise<ZipArchive> {
  const directory = await findDirectory(source, path);
  const entries: ZipEntry[] = [];
  const byName = new Map<string, ZipEntry>();
  const problems: string[] = [];
  const reader = new ByteReader(source, path, { start: directory.offset, end: directory.offset + directory.sizeBytes });
  for (let index = 0; index < directory.count; index += 1) {
    const entry = await readDirectoryEntry(reader);
    if (entry.headerOffset + LOCAL_HEADER_BYTES + entry.packedBytes > directory.offset)
      throw invalidFile(path, `${quoted(entry.name)} in its directory lies outside of the archive`);
    if (byName.has(entry.name) && problems.length < 20)
      problems.push(`${path} has ${quoted(entry.name)} twice: programs may read one or the other`);
    entries.push(entry);
    byName.set(entry.name, entry);
  }

  async function openStored(entry: ZipEntry): Promise<{ readonly source: ByteSource; readonly offset: number }> {
    if (!entry.isStored || entry.packedBytes !== entry.sizeBytes)
      throw invalidFile(path, `${quoted(entry.name)} in it is compressed, which it mustn't be`);
    const offset = await dataOffset(entry);
    return { source: windowOf(source, offset, entry.sizeBytes), offset };
  }

  async function dataOffset(entry: ZipEntry): Promise<number> {
    if (entry.isEncrypted) throw invalidFile(path, `${quoted(entry.name)} in it is encrypted`);
    const header = viewOf(await source.read(entry.headerOffset, LOCAL_HEADER_BYTES));
    if (header.byteLength < LOCAL_HEADER_BYTES || header.getUint32(0, true) !== 0x0403_4b50)
      throw invalidFile(path, `${quoted(entry.name)} isn't where its directory says`);
    const offset = entry.headerOffset + LOCAL_HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
    if (offset + entry.packedBytes > directory.offset)
      throw invalidFile(path, `${quoted(entry.name)} in it reaches beyond its directory`);
    return offset;
  }

  return {
    entries,
    problems,
    find: (name) => byName.get(name),
    openStored,
    async readEntry(entry, maxBytes) {
      if (entry.sizeBytes > maxBytes || entry.packedBytes > MAX_READ_BYTES)
        throw invalidFile(
          path,
          `${quoted(entry.name)} in it is ${entry.sizeBytes} bytes long, more than is read of it`,
        );
      const packed = await source.read(await dataOffset(entry), entry.packedBytes);
      if (entry.isStored) return packed;
      try {
        return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.sizeBytes) });
      } catch (error) {
        throw invalidFile(path, `${quoted(entry.name)} in it can't be unpacked`, error);
      }
    },
  };
}

/** Whether a file may be an archive, by its first bytes. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] === 0x03 || head[2] === 0x05);
}

interface Directory {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly count: number;
}

async function findDirectory(source: ByteSource, path: string): Promise<Directory> {
  const tailBytes = Math.min(source.sizeBytes, END_BYTES + MAX_COMMENT_BYTES + LOCATOR_BYTES);
  const tailAt = source.sizeBytes - tailBytes;
  const tail = viewOf(await source.read(tailAt, tailBytes));
  let at = tail.byteLength - END_BYTES;
  // The record is the last in the file: what follows it is its comment, of just that length.
  while (
    at >= 0 &&
    (tail.getUint32(at, true) !== 0x0605_4b50 || at + END_BYTES + tail.getUint16(at + 20, true) !== tail.byteLength)
  )
    at -= 1;
  if (at < 0) throw invalidFile(path, 'it has no end of a zip archive: it may be cut off');
  const end = {
    count: tail.getUint16(at + 10, true),
    sizeBytes: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  const isZip64 = at >= LOCATOR_BYTES && tail.getUint32(at - LOCATOR_BYTES, true) === 0x0706_4b50;
  const directory = isZip64 ? await zip64Directory(source, path, tail.getBigUint64(at - LOCATOR_BYTES + 8, true)) : end;
  if (directory.offset + directory.sizeBytes > tailAt + at)
    throw invalidFile(path, 'the directory of its zip archive lies outside of the file');
  if (directory.count > MAX_ENTRIES) throw invalidFile(path, `it has more than ${MAX_ENTRIES} entries`);
  return directory;
}

async function zip64Directory(source: ByteSource, path: string, at: bigint): Promise<Directory> {
  const recordAt = safeNumber(at);
  const record = recordAt === undefined ? undefined : viewOf(await source.read(recordAt, 56));
  if (!record || record.byteLength < 56 || record.getUint32(0, true) !== 0x0606_4b50)
    throw invalidFile(path, 'the end of its zip64 archive is damaged');
  const [count, sizeBytes, offset] = [32, 40, 48].map((field) => safeNumber(record.getBigUint64(field, true)));
  if (count === undefined || sizeBytes === undefined || offset === undefined)
    throw invalidFile(path, 'the end of its zip64 archive is damaged');
  return { count, sizeBytes, offset };
}

async function readDirectoryEntry(reader: ByteReader): Promise<ZipEntry> {
  await reader.ensure(46);
  if (reader.u32() !== 0x0201_4b50) throw reader.invalid('the directory of its zip archive is damaged');
  reader.skip(4);
  const flags = reader.u16();
  const method = reader.u16();
  reader.skip(8);
  let packedBytes = reader.u32();
  let sizeBytes = reader.u32();
  const nameBytes = reader.u16();
  const extraBytes = reader.u16();
  const commentBytes = reader.u16();
  const disk = reader.u16();
  reader.skip(6);
  let headerOffset = reader.u32();
  await reader.ensure(nameBytes + extraBytes);
  const name = utf8.decode(reader.bytes(nameBytes));
  const extra = viewOf(reader.bytes(extraBytes));
  reader.skip(commentBytes);
  const wide = wideFields(extra);
  const take = () => wide.shift() ?? Number.MAX_SAFE_INTEGER;
  // The fields that don't fit stand in the extra field, in this order.
  if (sizeBytes === UNKNOWN_32) sizeBytes = take();
  if (packedBytes === UNKNOWN_32) packedBytes = take();
  if (headerOffset === UNKNOWN_32) headerOffset = take();
  if ((disk !== 0 && disk !== UNKNOWN_16) || (method !== 0 && method !== 8))
    throw reader.invalid(`${quoted(name)} in it is packed in a way that isn't read`);
  return { name, sizeBytes, packedBytes, headerOffset, isStored: method === 0, isEncrypted: (flags & 1) !== 0 };
}

/** The numbers of the zip64 extra field. */
function wideFields(extra: DataView): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const id = extra.getUint16(at, true);
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (id === 1) {
      const numbers: number[] = [];
      for (let field = at + 4; field + 8 <= Math.min(end, extra.byteLength); field += 8)
        numbers.push(safeNumber(extra.getBigUint64(field, true)) ?? Number.MAX_SAFE_INTEGER);
      return numbers;
    }
    at = end;
  }
  return [];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
