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
  let written = 0;
  for (const size of SHARED_LEVELS) {
    if (seq % size !== 0) break;
    const from = seq - size + 1;
    const commits = await readCommits(copy, from, size);
    const last = commits.at(-1);
    if (!last || commits.length < size) break;
    await remote.putIfAbsent(segmentKey({ from, to: seq, hash: hashOfCommit(last) }), await encodeSegment(commits));
    written += 1;
  }
  return written;
}
