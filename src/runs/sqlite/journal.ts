const MAGIC = 0xd9d505f920a163d7n;
const HEADER_BYTES = 28;
/** Any number of records, up to the end of the file. */
const ALL_RECORDS = 0xffffffff;

/** What a rollback journal gives back: the database as it was before a transaction that hasn't been committed. */
export interface JournalChanges {
  readonly pages: ReadonlyMap<number, Uint8Array>;
  readonly pageCount: number;
}

/**
 * The original pages in the rollback journal of a database with pages of this size; undefined where it holds none, as after a commit
 * (https://www.sqlite.org/fileformat2.html#the_rollback_journal).
 */
export function readJournal(journal: Uint8Array, pageSize: number): JournalChanges | undefined {
  const pages = new Map<number, Uint8Array>();
  const view = new DataView(journal.buffer, journal.byteOffset, journal.byteLength);
  let pageCount: number | undefined;
  for (let at = 0; at + HEADER_BYTES <= journal.length; ) {
    if (view.getBigUint64(at) !== MAGIC || view.getUint32(at + 24) !== pageSize) break;
    const sectorSize = view.getUint32(at + 20);
    if (sectorSize < 512 || sectorSize > 65_536) break;
    const nonce = view.getUint32(at + 12);
    pageCount ??= view.getUint32(at + 16);
    const recordCount = view.getUint32(at + 8);
    let record = at + sectorSize;
    for (let left = recordCount; left > 0 && record + pageSize + 8 <= journal.length; left -= 1) {
      const page = journal.subarray(record + 4, record + 4 + pageSize);
      if (view.getUint32(record + 4 + pageSize) !== checksum(page, nonce)) break;
      // The first is the oldest.
      const number = view.getUint32(record);
      if (!pages.has(number)) pages.set(number, page);
      record += pageSize + 8;
    }
    if (recordCount === ALL_RECORDS) break;
    // A further header begins at the next sector.
    at = Math.ceil(record / sectorSize) * sectorSize;
  }
  return pageCount === undefined || pages.size === 0 ? undefined : { pages, pageCount };
}

/** Every 200th byte from the end. */
function checksum(page: Uint8Array, nonce: number): number {
  let sum = nonce;
  for (let at = page.length - 200; at > 0; at -= 200) sum = (sum + (page[at] ?? 0)) >>> 0;
  return sum;
}
