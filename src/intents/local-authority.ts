import { setTimeout } from 'node:timers/promises';
import { isoTime } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import { serialQueue } from '../base/serial.ts';
import { encodeCommit, MAX_COMMIT_BYTES } from '../log/commit.ts';
import type { Intent } from '../log/intent.ts';
import { commitAboveGap, readCommit } from '../log/log-reader.ts';
import { commitKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type AppliedLog, type Authority, lineOf, type SettledResult } from './submitting.ts';

/** The longest pause after a lost race. It halves with each further one, so that whoever has waited longest comes first. */
const RETRY_PAUSE_MS = 32;
/** The longest pause before the next intent while others are writing too: about as long as a few commits take. */
const GIVE_WAY_MS = 50;
/** Others' commits count as rivals where they came since this long before. */
const RIVALRY_MS = 1_000;

export interface AuthorityOptions {
  readonly store: ObjectStore;
  readonly catalog: AppliedLog;
  readonly clock: () => number;
  /** A number from 0 to below 1, for the pauses between attempts. */
  readonly random?: () => number;
  /** Waits for so many milliseconds. */
  readonly delay?: (milliseconds: number) => Promise<unknown>;
}

/** The local log as the place where intents are ordered (design: "Submitting"). */
export class LocalAuthority implements Authority {
  readonly #options: AuthorityOptions;
  readonly #serially = serialQueue();
  #isGapFree = false;
  #last = { seq: 0, at: Number.NEGATIVE_INFINITY };
  #pauseMs = 0;
  /** The commit up to which the log is known to survive a power failure. */
  #durableSeq = 0;

  constructor(options: AuthorityOptions) {
    this.#options = options;
  }

  /**
   * Puts the intent into the log at the first free place where it still holds. When it returns `applied`, the intent is durable and in
   * the catalog, exactly once, whatever answers of the store were lost on the way. When it throws, an intent that reached the log
   * all the same is found there by its id at the next call with the same intent.
   */
  submit(intent: Intent, check?: () => void): Promise<SettledResult> {
    return this.#serially(() => this.#submit(intent, check));
  }

  /**
   * Waits for a moment where this process and others write in quick succession. Without it, one that comes again at once is nearly always
   * faster than those that wait, which can take seconds for them. Call it before reading what is to be changed, so that what was read is
   * still true.
   */
  async giveWay(): Promise<void> {
    const pauseMs = Math.min(this.#pauseMs, this.#last.at + this.#pauseMs - this.#options.clock());
    this.#pauseMs = 0;
    if (pauseMs >= 1) await (this.#options.delay ?? setTimeout)(pauseMs);
  }

  async #submit(intent: Intent, check?: () => void): Promise<SettledResult> {
    const { catalog } = this.#options;
    const line = lineOf(intent);
    await catalog.catchUp();
    await this.#checkForGap();
    for (let attempt = 0; ; attempt += 1) {
      const settled = this.#settled(intent);
      if (settled) {
        await this.#makeDurable(settled.seq);
        return this.#remembered(settled.result);
      }
      check?.();
      const outcome = catalog.judge(intent);
      if (outcome.kind !== 'applied') return { kind: 'refused', outcome };
      // A commit that outlives the one before it would leave a gap.
      await this.#makeDurable(catalog.position.seq);
      const { seq, bytes } = this.#nextCommit(line);
      const put = await this.#put(seq, bytes);
      // The store says `exists`, too, only of what is durable.
      if (put === 'created' || put === 'exists') this.#durableSeq = seq;
      if (put === 'created') {
        // Not read back: reading could fail, and what is recorded must not be called a failure.
        await catalog.applyNext(seq, bytes);
        continue;
      }
      // Another commit has the number, or the answer was lost: what stands in the log tells.
      await catalog.catchUp();
      if (put !== 'exists') {
        // Not by what was read just now: a query may have read it before.
        if (catalog.position.seq < seq) throw put.error;
      }
      const pauseMs = this.#random() * RETRY_PAUSE_MS * 0.5 ** attempt;
      if (pauseMs >= 1) await (this.#options.delay ?? setTimeout)(pauseMs);
    }
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }

  /** Sees from the place that a commit got whether others are writing too. */
  #remembered(settled: SettledResult): SettledResult {
    if (settled.kind !== 'applied') return settled;
    const now = this.#options.clock();
    const { seq, at } = this.#last;
    const hasRivals = settled.seq > seq + 1 && now - at < RIVALRY_MS;
    this.#last = { seq: settled.seq, at: now };
    this.#pauseMs = hasRivals ? this.#random() * GIVE_WAY_MS : 0;
    return settled;
  }

  /** The result for an intent whose id is in the log. */
  #settled(intent: Intent): { readonly seq: number; readonly result: SettledResult } | undefined {
    const known = this.#options.catalog.settled(intent.id);
    if (!known) return undefined;
    const { seq, at, code, message } = known;
    if (code === undefined) return { seq, result: { kind: 'applied', seq, at } };
    return { seq, result: { kind: 'refused', outcome: { kind: 'void', code, message } } };
  }

  #nextCommit(line: Uint8Array): { readonly seq: number; readonly bytes: Uint8Array } {
    const { catalog, clock } = this.#options;
    const { seq, hash, at: before } = catalog.position;
    const now = isoTime(clock());
    const bytes = encodeCommit({ v: 1, seq: seq + 1, prev: hash, at: now > before ? now : before }, [line]);
    if (bytes.length > MAX_COMMIT_BYTES)
      throw new RegistryError('INTENT_TOO_LARGE', 'The commit would be longer than 1 MiB.');
    return { seq: seq + 1, bytes };
  }

  /**
   * Whoever wrote the commit may have died, or not have come yet, between giving it its name and flushing that: everybody reads it, but a
   * power failure could still take it back.
   */
  async #makeDurable(seq: number): Promise<void> {
    if (seq <= this.#durableSeq) return;
    const { store } = this.#options;
    const bytes = await readCommit(store, seq);
    if (bytes) await store.putIfAbsent(commitKey(seq), bytes);
    this.#durableSeq = seq;
  }

  async #put(seq: number, bytes: Uint8Array): Promise<'created' | 'exists' | { readonly error: unknown }> {
    try {
      return await this.#options.store.putIfAbsent(commitKey(seq), bytes);
    } catch (error) {
      return { error };
    }
  }

  /** Before the first append: a commit above the head means that one was lost, and appending would bury it. */
  async #checkForGap(): Promise<void> {
    if (this.#isGapFree) return;
    const { catalog, store } = this.#options;
    const head = catalog.position.seq;
    const above = await commitAboveGap(store, head);
    if (above !== undefined) {
      // Commits are made in order, so one above the head means that the head has moved, or that one was lost.
      await catalog.catchUp();
      if (catalog.position.seq > head) return this.#checkForGap();
      throw new RegistryError(
        'LOG_GAP',
        `Commit ${head + 1} is missing from the log although commit ${above} is there. Put ${commitKey(head + 1)} back from a backup or a colleague's copy; until then the registry is read-only.`,
        { details: { missing: head + 1, above } },
      );
    }
    this.#isGapFree = true;
  }
}
