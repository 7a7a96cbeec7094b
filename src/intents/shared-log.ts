import { RegistryError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import { claimedPrev, hashOfCommit } from '../log/commit.ts';
import { MAX_FORMAT_BYTES } from '../log/format-file.ts';
import {
  commitsFrom,
  firstCommit,
  longestSegment,
  readCommit,
  readSegmentBytes,
  type SegmentContent,
} from '../log/log-reader.ts';
import { type SegmentName, SHARED_LEVELS, segmentKey } from '../log/segment.ts';
import { breakKey, commitKey, FORMAT_KEY } from '../storage/layout.ts';
import type { LocalStore, ObjectStore } from '../storage/object-store.ts';
import type { AppliedLog } from './submitting.ts';

/** So many commits read one by one mean that there are more: from there on segments are looked for where they begin. */
const SINGLE_COMMITS = 4;
/** So often is it looked whether the remote still has what the copy has. */
const COMPARED_EVERY_MS = 10 * 60 * 1000;
/** Whoever begins at the beginning finds a segment of each level, each of which begins where the next higher one began: one with fewer commits is the last. */
const LAST_COMMITS = SHARED_LEVELS[1];
/** Segments are taken over together as long as they are no more than this. */
const RUN_BYTES = 64 * 1024 * 1024;

export interface SharedLogOptions {
  /** The copy of the shared log on this disk. */
  readonly copy: LocalStore;
  readonly catalog: AppliedLog;
  /** Without it, the head is compared only before something is sent. */
  readonly clock?: () => number;
}

/** The shared log and its copy on this disk: what is read of the one becomes durable in the other before it counts. */
export class SharedLog {
  readonly #options: SharedLogOptions;

  #comparedAt: number | undefined;

  constructor(options: SharedLogOptions) {
    this.#options = options;
    this.#comparedAt = options.clock?.();
  }

  /**
   * Takes over every commit that the remote has beyond the copy. Returns how many. Nothing new costs one request. Throws
   * `REMOTE_REWRITTEN` where the remote isn't the continuation of the copy.
   */
  async catchUp(remote: ObjectStore, onTaken?: (seq: number) => void): Promise<number> {
    const { catalog } = this.#options;
    // What another process of this machine took over.
    await catalog.catchUp();
    const before = catalog.position.seq;
    // A copy that is empty is of a registry that isn't: segments first.
    if (before === 0) await this.#takeSegments(remote, onTaken);
    for (let taken = 0; ; taken += 1) {
      const mayGoOn = taken >= SINGLE_COMMITS && catalog.position.seq % SHARED_LEVELS[0] === 0;
      if (mayGoOn) await this.#takeSegments(remote, onTaken);
      const seq = catalog.position.seq + 1;
      const bytes = await readCommit(remote, seq);
      if (!bytes) {
        await this.#compareNowAndThen(remote);
        return catalog.position.seq - before;
      }
      await this.take(remote, seq, bytes);
      onTaken?.(seq);
    }
  }

  /** A log that was cut short has nothing new: who only reads would wait for ever for what comes next. */
  async #compareNowAndThen(remote: ObjectStore): Promise<void> {
    const { clock } = this.#options;
    if (!clock || this.#comparedAt === undefined || clock() - this.#comparedAt < COMPARED_EVERY_MS) return;
    await this.checkHead(remote);
    this.#comparedAt = clock();
  }

  /** Makes commit `seq`, which the remote has, durable in the copy and applies it. */
  async take(remote: ObjectStore, seq: number, bytes: Uint8Array): Promise<void> {
    const { catalog, copy } = this.#options;
    const { seq: head, hash } = catalog.position;
    // A commit that doesn't follow is void and keeps its place, if what it doesn't follow is what the remote has, too.
    if (head === seq - 1 && claimedPrev(bytes) !== hash) {
      await this.checkHead(remote);
      // So that it isn't taken for damage of the copy later.
      await copy.putIfAbsent(breakKey(seq, hash, hashOfCommit(bytes)), new Uint8Array());
    }
    if ((await copy.putIfAbsent(commitKey(seq), bytes)) === 'exists') {
      const known = await readCommit(copy, seq);
      if (!known || hashOfCommit(known) !== hashOfCommit(bytes)) throw rewritten(seq);
    }
    await catalog.applyNext(seq, bytes);
  }

  /** Throws `REMOTE_REWRITTEN` unless the remote has, as the newest commit of the copy, that very commit. */
  async checkHead(remote: ObjectStore): Promise<void> {
    const { copy, catalog } = this.#options;
    const { seq, hash } = catalog.position;
    if (seq > 0) {
      const theirs = await readCommit(remote, seq);
      if (!theirs || hashOfCommit(theirs) !== hash) throw rewritten(seq);
      return;
    }
    const [theirs, ours] = await Promise.all([
      remote.get(FORMAT_KEY, MAX_FORMAT_BYTES),
      copy.get(FORMAT_KEY, MAX_FORMAT_BYTES),
    ]);
    if (!theirs || !ours || sha256Hex(theirs) !== sha256Hex(ours)) throw rewritten(0);
  }

  /**
   * Takes over what the remote has beyond the copy, and makes sure that appending there buries nothing. Throws `REMOTE_REWRITTEN`, and
   * `LOG_GAP` where the remote has a commit above the head, so that one between was lost.
   */
  async catchUpToAppend(remote: ObjectStore, onTaken?: (seq: number) => void): Promise<number> {
    const { catalog } = this.#options;
    await catalog.catchUp();
    const before = catalog.position.seq;
    for (;;) {
      const { seq: head } = catalog.position;
      const above = await commitsFrom(remote, head);
      const lost = await firstCommit(
        remote,
        above.filter((seq) => seq > head + 1),
      );
      // What was listed may be older than what is there by now.
      if (head === 0 || lost !== undefined || above.includes(head + 1)) {
        await this.catchUp(remote, onTaken);
        if (catalog.position.seq > head) continue;
      }
      if (lost !== undefined) throw gap(head, lost);
      await this.checkHead(remote);
      return catalog.position.seq - before;
    }
  }

  /** The segments that go on where the copy ends, the largest first. What can't be used is left out: single commits have it all. */
  async #takeSegments(remote: ObjectStore, onTaken?: (seq: number) => void): Promise<void> {
    while (await this.#takeRun(remote, onTaken));
  }

  /** Takes over as many segments in a row as memory is allowed to hold. False where there is none that goes on, or none that is worth a question. */
  async #takeRun(remote: ObjectStore, onTaken?: (seq: number) => void): Promise<boolean> {
    const { catalog, copy } = this.#options;
    const run: (SegmentContent & { readonly name: SegmentName })[] = [];
    let { seq, hash } = catalog.position;
    const isFirst = seq === 0;
    let sizeBytes = 0;
    let isLast = false;
    while (sizeBytes < RUN_BYTES && !isLast) {
      const name = await longestSegment(remote, seq + 1);
      const found = name && (await readSegmentBytes(remote, name, hash));
      isLast = !found || (isFirst && name.to - name.from + 1 < LAST_COMMITS);
      if (!found) break;
      run.push({ name, ...found });
      sizeBytes += found.bytes.length;
      ({ to: seq, hash } = name);
      onTaken?.(seq);
    }
    // Each segment goes on from the one before, so that comparing the last one's end with the log itself tells of all that nobody is led away from it.
    for (let end = run.at(-1); end; end = run.at(-1)) {
      const theirs = await readCommit(remote, end.name.to);
      if (theirs && hashOfCommit(theirs) === end.name.hash) break;
      run.pop();
    }
    const end = run.at(-1);
    if (!end) return false;
    for (const { name, bytes, last } of run) {
      await copy.putIfAbsent(commitKey(name.to), last);
      await copy.putIfAbsent(segmentKey(name), bytes);
    }
    await catalog.catchUp();
    return !isLast && catalog.position.seq >= end.name.to;
  }
}

function gap(head: number, above: number): RegistryError {
  return new RegistryError(
    'LOG_GAP',
    `Commit ${head + 1} is missing from the shared registry although commit ${above} is there. Whoever has a copy of it can put ${commitKey(head + 1)} back; until then the registry is read-only. If nobody has, and ${commitKey(above)} wasn't written by Model Registry, whoever manages the storage can remove that.`,
    { details: { missing: head + 1, above } },
  );
}

function rewritten(seq: number): RegistryError {
  const what = seq === 0 ? 'format.json' : `commit ${seq}`;
  return new RegistryError(
    'REMOTE_REWRITTEN',
    `The shared registry isn't the one that was copied here: ${what} there is missing or another one, so it was restored, cut short or rewritten. Nothing was taken over or sent. Ask whoever manages the storage what happened. To go on with what is there now, move the copy's folder, which \`model-registry where\` prints, somewhere else, and attach again with \`model-registry remote add URL\`.`,
    { details: { seq } },
  );
}
