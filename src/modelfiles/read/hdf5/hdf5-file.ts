import type { ByteSource } from '../../file-set.ts';
import { PagedReader } from '../paged-reader.ts';
import { readTextAttribute } from './attributes.ts';
import { type Hdf5Link, hasDenseLinks, linkOfMessage, linksOfSymbolTable } from './groups.ts';
import { type HeaderMessage, readMessages } from './messages.ts';
import { readShape, readType } from './types.ts';

/** Of an HDF5 file, what h5py writes by default. */
export interface Hdf5File {
  readonly datasets: readonly Hdf5Dataset[];
  /** Texts that groups carry, by the group's path (empty for the root) and name. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** As long as the file must be, by its own account. */
  readonly fileBytes: number;
  readonly problems: readonly string[];
}

export interface Hdf5Dataset {
  /** `model_weights/dense/kernel` */
  readonly path: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where the elements are, little-endian and in row-major order, if they are as such in the file. */
  readonly place?: { readonly offset: number; readonly sizeBytes: number };
}

const DATASPACE = 0x01;
const LINK_INFO = 0x02;
const DATATYPE = 0x03;
const LINK = 0x06;
const LAYOUT = 0x08;
const FILTERS = 0x0b;
const ATTRIBUTE = 0x0c;
const SYMBOL_TABLE = 0x11;

const MAX_OBJECTS = 200_000;
const MAX_DEPTH = 32;
const MAX_PROBLEMS = 20;

/** Whether a file is HDF5, by its first bytes. */
export function isHdf5(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 8)).toString('latin1') === '\x89HDF\r\n\x1a\n';
}

/**
 * Lists the datasets and texts of a file, without their contents. Links by name, which may lead into other files, are left alone. Throws
 * `MODEL_FILE_INVALID` (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html).
 */
export async function readHdf5(source: ByteSource, path: string): Promise<Hdf5File> {
  const reader = new PagedReader(source, path);
  const { root, fileBytes } = await readSuperblock(reader);
  if (fileBytes > source.sizeBytes)
    return {
      datasets: [],
      attributes: new Map(),
      fileBytes,
      problems: [`${path} is ${source.sizeBytes} bytes long, and says that it is ${fileBytes}: its end is missing`],
    };
  const datasets: Hdf5Dataset[] = [];
  const attributes = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const problems: string[] = [];
  const seen = new Set<number>();

  async function visit(at: string, address: number, depth: number): Promise<void> {
    // An object may have several names; a group may even hold itself.
    if (seen.has(address)) return;
    seen.add(address);
    if (seen.size > MAX_OBJECTS || depth > MAX_DEPTH) throw reader.invalid('what it holds has no end');
    const messages = await readMessages(reader, address);
    const texts = await textsOf(reader, messages);
    if (texts.size > 0) attributes.set(at, texts);
    if (messages.some(({ type }) => type === DATATYPE)) {
      datasets.push({ path: at, ...(await readDataset(reader, messages, texts)) });
      return;
    }
    const links = await linksOf(reader, messages, (problem) => {
      if (problems.length < MAX_PROBLEMS) problems.push(`${problem} in the group ${at || '/'}`);
    });
    // In the order of h5py, so that an object goes by the same of its names.
    links.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const link of links) await visit(at === '' ? link.name : `${at}/${link.name}`, link.address, depth + 1);
  }

  await visit('', root, 0);
  return { datasets, attributes, fileBytes, problems };
}

async function readSuperblock(reader: PagedReader): Promise<{ readonly root: number; readonly fileBytes: number }> {
  if (reader.sizeBytes < 48 || !isHdf5(await reader.bytes(0, 8))) throw reader.invalid('it doesn’t begin as HDF5 does');
  const version = await reader.u8(8);
  const isOld = version < 2;
  const [offsetBytes, lengthBytes] = [await reader.u8(isOld ? 13 : 9), await reader.u8(isOld ? 14 : 10)];
  if (version > 3 || offsetBytes !== 8 || lengthBytes !== 8)
    throw reader.invalid(`version ${version} of HDF5 with offsets of ${offsetBytes} bytes isn't read`);
  if (!isOld) return { fileBytes: await reader.u64(28), root: await reader.u64(36) };
  const at = version === 0 ? 24 : 28;
  return { fileBytes: await reader.u64(at + 16), root: await reader.u64(at + 40) };
}

async function textsOf(
  reader: PagedReader,
  messages: readonly HeaderMessage[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const texts = new Map<string, readonly string[]>();
  for (const message of messages) {
    if (message.type !== ATTRIBUTE) continue;
    const attribute = await readTextAttribute(reader, message);
    if (attribute) texts.set(attribute.name, attribute.texts);
  }
  return texts;
}

async function linksOf(
  reader: PagedReader,
  messages: readonly HeaderMessage[],
  note: (problem: string) => void,
): Promise<Hdf5Link[]> {
  const links: Hdf5Link[] = [];
  for (const message of messages) {
    if (message.type === SYMBOL_TABLE) links.push(...(await linksOfSymbolTable(reader, message)));
    else if (message.type === LINK) {
      const link = await linkOfMessage(reader, message);
      if (link) links.push(link);
    } else if (message.type === LINK_INFO && (await hasDenseLinks(reader, message))) {
      note('Members that are kept in a way which isn’t read are missing');
    }
  }
  return links;
}

async function readDataset(
  reader: PagedReader,
  messages: readonly HeaderMessage[],
  texts: ReadonlyMap<string, readonly string[]>,
): Promise<Omit<Hdf5Dataset, 'path'>> {
  const find = (type: number) => messages.find((message) => message.type === type);
  const [typeMessage, space, layout] = [find(DATATYPE), find(DATASPACE), find(LAYOUT)];
  const type = typeMessage && (await readType(reader, typeMessage.offset));
  const shape = space ? await readShape(reader, space.offset) : [];
  // Keras stores types that HDF5 doesn't have as opaque bytes, with their name beside.
  const dtype = texts.get('dtype')?.[0] ?? type?.name ?? 'unknown';
  if (!type?.isPlain || !layout || find(FILTERS)) return { dtype, shape };
  const place = await placeOf(reader, layout);
  const sizeBytes = shape.reduce((product, size) => product * size, type.sizeBytes);
  if (!place || place.offset + sizeBytes > reader.sizeBytes || place.sizeBytes < sizeBytes) return { dtype, shape };
  return { dtype, shape, place: { offset: place.offset, sizeBytes } };
}

/** Where data stand that stand in one piece (IV.A.2.i). */
async function placeOf(reader: PagedReader, { offset }: HeaderMessage): Promise<Hdf5Dataset['place']> {
  const version = await reader.u8(offset);
  if (version !== 3 && version !== 4) return undefined;
  const layoutClass = await reader.u8(offset + 1);
  if (layoutClass === 0) return { offset: offset + 4, sizeBytes: await reader.u16(offset + 2) };
  if (layoutClass !== 1) return undefined;
  const view = await reader.view(offset + 2, 16);
  const address = view.getBigUint64(0, true);
  // What was never written has no place.
  if (address > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { offset: Number(address), sizeBytes: Number(view.getBigUint64(8, true)) };
}
