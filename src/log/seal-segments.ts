import type { ObjectStore } from '../storage/object-store.ts';
import { hashOfCommit } from './commit.ts';
import { listSegments, readCommits } from './log-reader.ts';
import { encodeSegment, SEGMENT_COMMITS, SHARED_LEVELS, segmentKey } from './segment.ts';

/**
 * Writes the segments that the log lacks up to commit `head`, at most `limit` of them: reading one costs a hundredth of reading its
 * commits one by one. The commits stay where they are. `head` must be a commit that was applied without a problem. Returns how many
 * were written.
 */
export async function sealSegments(store: ObjectStore, head: number, limit: number): Promise<number> {
  const known = await listSegments(store);
  let written = 0;
  for (let from = 1; from + SEGMENT_COMMITS - 1 <= head && written < limit; from += SEGMENT_COMMITS) {
    if (known.has(from)) continue;
    const commits = await readCommits(store, from, SEGMENT_COMMITS);
    const last = commits.at(-1);
    if (!last || commits.length < SEGMENT_COMMITS) return written;
    const name = { from, to: from + SEGMENT_COMMITS - 1, hash: hashOfCommit(last) };
    await store.putIfAbsent(segmentKey(name), await encodeSegment(commits));
    written += 1;
  }
  return written;
}

/** Writes the segments of a shared log that end in commit `seq`, from a copy of it. Returns how many. */
export async function sealShared(remote: ObjectStore, copy: ObjectStore, seq: number): Promise<number> {
  const names = runsEndingIn(seq);
  const first = names.at(-1);
  if (first === undefined) return 0;
  const commits = await readCommits(copy, first, seq - first + 1);
  const last = commits.at(-1);
  if (!last || commits.length < seq - first + 1) return 0;
  const hash = hashOfCommit(last);
  await Promise.all(
    names.map(async (from) =>
      remote.putIfAbsent(segmentKey({ from, to: seq, hash }), await encodeSegment(commits.slice(from - first))),
    ),
  );
  return names.length;
}

/**
 * Where the segments begin that end in commit `seq`, the latest first: one for each level that is full, for readers who were away for a
 * while; and one that goes back to the beginning of the next higher level, so that a reader of everything needs one segment of each.
 */
function runsEndingIn(seq: number): readonly number[] {
  const full = SHARED_LEVELS.filter((size) => seq % size === 0);
  const highest = full.at(-1);
  if (highest === undefined) return [];
  const next = SHARED_LEVELS[full.length];
  const begins = full.map((size) => seq - size + 1);
  const block = next === undefined ? undefined : seq - ((seq - 1) % next);
  return block === undefined || begins.includes(block) ? begins : [...begins, block];
}
