import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { isSha256Hex } from '../base/hash.ts';
import { hashOfCommit, MAX_COMMIT_BYTES } from './commit.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** How many commits the segments that this program writes hold. Readers take any number. */
export const SEGMENT_COMMITS = 128;
/** How many commits the segments of a shared log hold: few requests for whoever has nothing, and for whoever was away for a day. */
export const SHARED_LEVELS = [8, 64, 512, 4096, 32_768] as const;
/** No segment that is larger is read: bytes that expand without end would take all memory. */
const MAX_RUN_BYTES = 256 * 1024 * 1024;
const LENGTH_BYTES = 4;

/** A run of commits in one object, for those who read many (docs/format.md, "Segments"). */
export interface SegmentName {
  readonly from: number;
  readonly to: number;
  /** Hash of commit `to`. */
  readonly hash: string;
}

export function segmentKey({ from, to, hash }: SegmentName): string {
  return `segments/${from}-${to}-${hash}.gz`;
}

export function segmentOfKey(key: string): SegmentName | undefined {
  const [, first, last, hash] = /^segments\/(\d{1,15})-(\d{1,15})-([0-9a-f]{64})\.gz$/.exec(key) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return hash !== undefined && isSha256Hex(hash) && from >= 1 && from <= to ? { from, to, hash } : undefined;
}

/** Each commit as its length, 32 bits, little-endian, and its bytes; all of it compressed by gzip. */
export async function encodeSegment(commits: readonly Uint8Array[]): Promise<Uint8Array> {
  const bytes = Buffer.alloc(commits.reduce((sum, commit) => sum + LENGTH_BYTES + commit.length, 0));
  let offset = 0;
  for (const commit of commits) {
    bytes.writeUInt32LE(commit.length, offset);
    bytes.set(commit, offset + LENGTH_BYTES);
    offset += LENGTH_BYTES + commit.length;
  }
  return compress(bytes, { level: 6 });
}

/** The commits of a segment; undefined for bytes that aren't the segment that `name` says. */
export async function decodeSegment(
  bytes: Uint8Array,
  { from, to, hash }: SegmentName,
): Promise<readonly Uint8Array[] | undefined> {
  const run = await decompress(bytes, { maxOutputLength: MAX_RUN_BYTES }).catch(() => undefined);
  if (!run) return undefined;
  const commits: Uint8Array[] = [];
  for (let offset = 0; offset < run.length; ) {
    if (offset + LENGTH_BYTES > run.length) return undefined;
    const length = run.readUInt32LE(offset);
    const end = offset + LENGTH_BYTES + length;
    if (end > run.length || length > MAX_COMMIT_BYTES + 1) return undefined;
    commits.push(run.subarray(offset + LENGTH_BYTES, end));
    offset = end;
  }
  const last = commits.at(-1);
  return last && commits.length === to - from + 1 && hashOfCommit(last) === hash ? commits : undefined;
}
