import { RegistryError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import { commitKey, FORMAT_KEY, seqOfCommitKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { claimedPrev, claimedSeq, hashOfCommit, MAX_COMMIT_BYTES } from './commit.ts';
import { type FormatFile, formatMissing, MAX_FORMAT_BYTES, parseFormatFile } from './format-file.ts';
import { decodeSegment, type SegmentName, segmentKey, segmentOfKey } from './segment.ts';

/** Commits that are read at the same time. */
const READS_AT_ONCE = 32;
/** Larger than any segment that holds commits of this program. */
const MAX_SEGMENT_BYTES = 256 * 1024 * 1024;

/** A commit's bytes, cut one byte past the longest legal commit; undefined where there is none. */
export function readCommit(store: ObjectStore, seq: number): Promise<Uint8Array | undefined> {
  return store.get(commitKey(seq), MAX_COMMIT_BYTES + 1);
}

/** The commits from `seq` on as far as there are any, at most `limit`. */
export async function readCommits(store: ObjectStore, seq: number, limit: number): Promise<readonly Uint8Array[]> {
  const commits: Uint8Array[] = [];
  while (commits.length < limit) {
    const first = seq + commits.length;
    const count = Math.min(READS_AT_ONCE, limit - commits.length);
    const found = await Promise.all(Array.from({ length: count }, (_, index) => readCommit(store, first + index)));
    for (const bytes of found) {
      if (!bytes) return commits;
      commits.push(bytes);
    }
  }
  return commits;
}

/** The segments of a log by the commit that they begin with: of those that begin alike, the longest. */
export async function listSegments(store: ObjectStore): Promise<ReadonlyMap<number, SegmentName>> {
  return longestByStart(await store.list('segments/'));
}

function longestByStart(keys: readonly string[]): ReadonlyMap<number, SegmentName> {
  const segments = new Map<number, SegmentName>();
  for (const key of keys) {
    const name = segmentOfKey(key);
    if (name && name.to > (segments.get(name.from)?.to ?? 0)) segments.set(name.from, name);
  }
  return segments;
}

/**
 * The longest segment that begins with commit `from`. Asks for the names of no others: of a long log there are tens of thousands, and a service takes
 * a second to list five thousand.
 */
export async function longestSegment(store: ObjectStore, from: number): Promise<SegmentName | undefined> {
  const keys = await store.list('segments/', { after: `segments/${from}-`, until: `segments/${from}.` });
  return longestByStart(keys).get(from);
}

/** The commits of a segment, where it ends in the commit that the log has there; undefined for one that can't be used. */
export async function readSegment(store: ObjectStore, name: SegmentName): Promise<readonly Uint8Array[] | undefined> {
  const [bytes, last] = await Promise.all([store.get(segmentKey(name), MAX_SEGMENT_BYTES), readCommit(store, name.to)]);
  if (!bytes || !last || hashOfCommit(last) !== name.hash) return undefined;
  return decodeSegment(bytes, name);
}

/** Commits that are read together where there is no segment. */
const BATCH = 256;

/** Reads a whole log: gives some of the commits that come after `seq`, from a segment where one begins there, and none at its end. */
export function logBatches(store: ObjectStore): (seq: number) => Promise<readonly Uint8Array[]> {
  let listed: Promise<ReadonlyMap<number, SegmentName>> | undefined;
  return async (seq) => {
    const first = seq + 1;
    listed ??= listSegments(store);
    const segments = await listed;
    const segment = segments.get(first);
    const sealed = segment && (await readSegment(store, segment));
    if (sealed) return sealed;
    let count = 1;
    while (count < BATCH && !segments.has(first + count)) count += 1;
    return readCommits(store, first, count);
  };
}

/** A segment as it is stored, and its last commit. */
export interface SegmentContent {
  readonly bytes: Uint8Array;
  readonly last: Uint8Array;
}

/**
 * A segment's stored bytes, where its commits go on from `prev` without a gap and end in the hash that its name says; undefined for one
 * that can't be used.
 */
export async function readSegmentBytes(
  store: ObjectStore,
  name: SegmentName,
  prev: string,
): Promise<SegmentContent | undefined> {
  const bytes = await store.get(segmentKey(name), MAX_SEGMENT_BYTES);
  const commits = bytes && (await decodeSegment(bytes, name));
  if (!commits) return undefined;
  let hash = prev;
  for (const commit of commits) {
    if (claimedPrev(commit) !== hash) return undefined;
    hash = hashOfCommit(commit);
  }
  const last = commits.at(-1);
  return last && { bytes, last: last.slice() };
}

/** `format.json` with its hash, the `prev` of commit 1. Throws `REGISTRY_NOT_FOUND`, `FORMAT_NEWER`, `FORMAT_DAMAGED`. */
export async function readFormat(
  store: ObjectStore,
  where: string,
): Promise<{ readonly format: FormatFile; readonly hash: string }> {
  const bytes = await store.get(FORMAT_KEY, MAX_FORMAT_BYTES);
  if (!bytes) {
    if ((await store.list('log/', { limit: 1 })).length > 0) throw formatMissing(where);
    throw new RegistryError(
      'REGISTRY_NOT_FOUND',
      `There is no registry in ${where}. Make one with \`model-registry init\`.`,
    );
  }
  return { format: parseFormatFile(bytes, where), hash: sha256Hex(bytes) };
}

/** Commits are made one after the other, so that one that is missing has its neighbours above it. */
const LOOKED_AHEAD = 1000;
/** Listing a longer log takes longer than looking for each of the commits that may be there. */
const WORTH_LISTING = 4 * LOOKED_AHEAD;

/** The number of a commit above `head + 1`, where a store on this disk has one: then the one between is missing. */
export async function commitAboveGap(store: ObjectStore, head: number): Promise<number | undefined> {
  if (head < WORTH_LISTING) return firstCommit(store, await commitsFrom(store, head + 2, LOOKED_AT));
  const there: number[] = [];
  for (let seq = head + 2; seq < head + LOOKED_AHEAD && there.length < LOOKED_AT; seq += 1) {
    if (await store.head(commitKey(seq))) there.push(seq);
  }
  return firstCommit(store, there);
}

/** Of what takes the numbers of commits, so much is looked at: junk can't be endless. */
const LOOKED_AT = 32;
/** An envelope takes less. */
const ENVELOPE_BYTES = 512;

/** The first of these numbers that a commit has, and not something else that somebody put there. */
export async function firstCommit(store: ObjectStore, seqs: readonly number[]): Promise<number | undefined> {
  for (const seq of seqs.slice(0, LOOKED_AT)) {
    const bytes = await store.get(commitKey(seq), ENVELOPE_BYTES);
    if (bytes && claimedSeq(bytes) === seq) return seq;
  }
  return undefined;
}

/** The numbers of the commits that the store has from `first` on, as far as they are near. */
export async function commitsFrom(store: ObjectStore, first: number, limit?: number): Promise<readonly number[]> {
  const range = { after: commitKey(Math.max(first - 1, 0)), until: commitKey(first + LOOKED_AHEAD) };
  const keys = await store.list('log/', limit === undefined ? range : { ...range, limit });
  return keys.flatMap((key) => seqOfCommitKey(key) ?? []);
}
