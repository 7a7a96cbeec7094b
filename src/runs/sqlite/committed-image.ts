import { readJournal } from './journal.ts';
import { readWal } from './wal.ts';

const HEADER = 'SQLite format 3\0';
/** A database may say that it has more pages than memory. */
const MAX_IMAGE_BYTES = 256 * 1024 * 1024;

/**
 * The committed state of a SQLite database as one file: its main file with what its write-ahead log adds, or what its rollback journal takes
 * back. Undefined where this is no such database, or is larger than `MAX_IMAGE_BYTES`. Changes nothing, and may give `main` back.
 */
export function committedImage(
  main: Uint8Array,
  wal: Uint8Array | undefined,
  journal: Uint8Array | undefined,
): Uint8Array | undefined {
  // A new database may be in its log alone.
  const pageSize = pageSizeOf(main) ?? (main.length === 0 && wal ? pageSizeOfWal(wal) : undefined);
  if (pageSize === undefined) return undefined;
  const changes = (wal && readWal(wal, pageSize)) ?? (journal && readJournal(journal, pageSize));
  const pageCount = changes?.pageCount ?? Math.floor(main.length / pageSize);
  if (pageCount * pageSize > MAX_IMAGE_BYTES) return undefined;
  const image = new Uint8Array(pageCount * pageSize);
  image.set(main.subarray(0, image.length));
  for (const [page, bytes] of changes?.pages ?? [])
    if (page >= 1 && page <= pageCount) image.set(bytes, (page - 1) * pageSize);
  if (!hasHeader(image)) return undefined;
  // "Uses a write-ahead log": the engine would look for it.
  image[18] = 1;
  image[19] = 1;
  return image;
}

function hasHeader(bytes: Uint8Array): boolean {
  return bytes.length >= 100 && new TextDecoder('latin1').decode(bytes.subarray(0, 16)) === HEADER;
}

function pageSizeOf(main: Uint8Array): number | undefined {
  if (!hasHeader(main)) return undefined;
  const size = ((main[16] ?? 0) << 8) | (main[17] ?? 0);
  return validPageSize(size === 1 ? 65_536 : size);
}

function pageSizeOfWal(wal: Uint8Array): number | undefined {
  return wal.length < 12 ? undefined : validPageSize(new DataView(wal.buffer, wal.byteOffset).getUint32(8));
}

function validPageSize(size: number): number | undefined {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0 ? size : undefined;
}
