import { setTimeout } from 'node:timers/promises';
import { isoTime } from '../base/clock.ts';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { serialQueue } from '../base/serial.ts';
import { encodeCommit } from '../log/commit.ts';
import type { Intent } from '../log/intent.ts';
import { readCommit } from '../log/log-reader.ts';
import { sealShared } from '../log/seal-segments.ts';
import { commitKey } from '../storage/layout.ts';
import type { LocalStore, ObjectStore } from '../storage/object-store.ts';
import { chooseBatch, type WaitingIntent } from './choose-batch.ts';
import type { PendingIntent, PendingQueue } from './pending-queue.ts';
import {
  attachedObjects,
  isOfArtifact,
  isWanted,
  type Publication,
  type Publisher,
  publicationsOf,
} from './publications.ts';
import { SharedLog } from './shared-log.ts';
import { type Authority, lineOf, type OverlaidLog, type SubmitResult } from './submitting.ts';

/** The shortest and longest pause after a lost race; it doubles with each further one. */
const PAUSE_MS = { shortest: 50, longest: 1600 };
/** Within so long after reading the log it isn't read again: a put tells if somebody was faster. */
const RECENT_MS = 2000;
export interface SharedAuthorityOptions {
  readonly copy: LocalStore;
  readonly catalog: OverlaidLog;
  readonly queue: PendingQueue;
  readonly publisher: Publisher;
  /** The remote, connected at the first call. */
  readonly remote: () => Promise<ObjectStore>;
  /** The remote's clock. */
  readonly clock: () => number;
  /** Writes the segments that end in a commit. */
  readonly seal?: typeof sealShared;
  readonly random?: () => number;
  readonly delay?: (milliseconds: number) => Promise<unknown>;
}

export interface SyncOptions extends OperationOptions {
  /** The artifacts to bring into the remote; all that wait for it, unless given. Small ones are brought in any case. */
  readonly bytesOf?: readonly string[];
}

export interface SyncOutcome {
  /** Commits taken over, those of this process left out. */
  readonly received: number;
  /** Intents shared by this call. */
  readonly sent: number;
  readonly refused: number;
  /** Artifacts whose bytes were brought into the remote by this call. */
  readonly published: number;
  /** What still waits, and why. */
  readonly waiting: readonly WaitingIntent[];
}

/** A shared log as the place where intents are ordered (docs/format.md, "Sharing"). */
export class SharedAuthority implements Authority {
  readonly #options: SharedAuthorityOptions;
  readonly #log: SharedLog;
  readonly #serially = serialQueue();
  readonly #publishing = new Map<string, Promise<void>>();
  #isChecked = false;

  constructor(options: SharedAuthorityOptions) {
    this.#options = options;
    this.#log = new SharedLog(options);
  }

  /** Queues the intent: durable on this machine, and visible here at once. `sync` shares it. */
  submit(intent: Intent, check?: () => void): Promise<SubmitResult> {
    return this.#serially(async () => {
      const { catalog, queue } = this.#options;
      const line = lineOf(intent);
      await catalog.catchUp();
      await this.#layOver();
      const settled = catalog.settled(intent.id);
      if (settled && settled.code === undefined) return { kind: 'applied', seq: settled.seq, at: settled.at };
      check?.();
      const outcome = catalog.judge(intent);
      if (outcome.kind !== 'applied') return { kind: 'refused', outcome };
      await queue.add(intent, line);
      await this.#layOver();
      return { kind: 'pending' };
    });
  }

  /** Nobody waits for others here: intents are ordered in batches. */
  async giveWay(): Promise<void> {}

  /** Throws `REMOTE_REWRITTEN` unless the remote has the copy's newest commit, and with it everything before, and what it answers. */
  async checkRemote(): Promise<void> {
    await this.#log.checkHead(await this.#options.remote());
  }

  /** Lays what waits over the log, where another process of this machine has added to it or taken from it. */
  refresh(): Promise<void> {
    return this.#serially(() => this.#layOver());
  }

  /**
   * Takes over what others shared and shares what waits. Any number of processes may do so for one folder at once. Intents can be submitted
   * while bytes are on their way. Throws what the remote answers (`REMOTE_…`) and `LOG_GAP`; nothing is lost by that, and what was done
   * before stays done.
   */
  async sync(options: SyncOptions = {}): Promise<SyncOutcome> {
    const run: Run = {
      options,
      counts: { received: 0, sent: 0, refused: 0, published: 0 },
      failed: new Map(),
      readAt: Number.NEGATIVE_INFINITY,
    };
    for (;;) {
      const round = await this.#serially(async () => {
        try {
          return await this.#round(run);
        } finally {
          await this.#layOver();
        }
      });
      if ('waiting' in round) {
        for (const error of run.failed.values()) throw error;
        return { ...run.counts, waiting: round.waiting.map(({ id, why }) => ({ id, why })) };
      }
      await this.#publish(round.publish.artifact, run);
    }
  }

  /**
   * Takes back an intent that wasn't shared. False where it isn't among those that wait. Throws `WITHDRAW_UNCERTAIN` where it was sent and
   * whether it got there isn't known.
   */
  withdraw(id: string): Promise<'withdrawn' | 'absent' | 'uncertain'> {
    return this.#serially(async () => {
      const { queue, catalog } = this.#options;
      const entry = await queue.find(id);
      if (!entry) return 'absent';
      await queue.remove(entry);
      // Another process notes its attempt before it looks whether the intent is still there: one of the two sees the other.
      const isSent = (await queue.attemptedBeyond(catalog.position.seq)).has(id);
      // Attempts are forgotten once their commit is in the copy: what isn't among them any more is found there.
      await catalog.catchUp();
      const settled = catalog.settled(id);
      if (isSent && !settled) await queue.restore(entry);
      await this.#layOver();
      if (settled) return settled.code === undefined ? 'absent' : 'withdrawn';
      return isSent ? 'uncertain' : 'withdrawn';
    });
  }

  async #layOver(): Promise<void> {
    const { catalog, queue } = this.#options;
    const waiting = (await queue.list()).filter(({ intent }) => catalog.settled(intent.id) === undefined);
    catalog.layOver(waiting.map(({ intent }) => intent));
  }

  /** Goes on until nothing is left to do, or until bytes have to be brought into the remote first. */
  async #round(run: Run): Promise<{ readonly waiting: readonly WaitingIntent[] } | { readonly publish: Publication }> {
    const { options, counts, failed } = run;
    const { queue, catalog, publisher, clock } = this.#options;
    const remote = await this.#options.remote();
    const step = (name: string) => options.onProgress?.({ step: name, doneBytes: 0 });
    const onTaken = (seq: number) => step(`Reading commit ${seq}`);
    const pending = await queue.list();
    // Asked of all at once: between them the log moves on, and each time what waits would have to be laid over it anew.
    for (const { artifact } of pending.flatMap(({ intent }) => publicationsOf(intent))) publisher.isSmall(artifact);
    const isCheckDue = !this.#isChecked && pending.length > 0;
    if (isCheckDue) {
      counts.received += await this.#log.catchUpToAppend(remote, onTaken);
      this.#isChecked = true;
    } else if (clock() - run.readAt > RECENT_MS) counts.received += await this.#log.catchUp(remote, onTaken);
    for (let losses = 0; ; ) {
      run.readAt = clock();
      if (options.signal?.aborted)
        throw new RegistryError('OPERATION_CANCELLED', 'Syncing was cancelled. What waits to be shared stays.');
      const entries = await this.#settle(counts);
      if (entries.length === 0) return { waiting: [] };
      if (!this.#isChecked) {
        counts.received += await this.#log.catchUpToAppend(remote, onTaken);
        this.#isChecked = true;
        continue;
      }
      const { batch: chosen, refused, waiting } = await chooseBatch(entries, this.#options);
      // Nobody takes the number that they were sent as, so that it would never be known: as what they are, void, they take it themselves.
      const unsettled = waiting.filter(({ why }) => why === 'unsettled').map(({ id }) => id);
      const isStuck = chosen.length === 0 && unsettled.length > 0;
      const batch = isStuck ? entries.filter(({ intent }) => unsettled.includes(intent.id)).slice(0, 1) : chosen;
      const wanted = waiting.flatMap(({ needs }) =>
        needs && !failed.has(needs.artifact) && isWanted(needs, publisher, options) ? [needs] : [],
      );
      // What is sent in a moment goes first: its version and that it is there take one commit.
      const small = batch.length > 0 ? wanted.find(({ artifact }) => publisher.isSmall(artifact)) : undefined;
      if (small) return { publish: small };
      // Another process of this machine may have taken over what makes it hold.
      if (refused.length > 0 && (await catalog.catchUp()) > 0) continue;
      for (const { entry, code, message } of refused) {
        await queue.refuse(entry, { code, message, seq: catalog.position.seq });
        counts.refused += 1;
      }
      if (batch.length > 0) {
        step(`Sharing ${batch.length} of ${entries.length}`);
        await this.#attach(batch);
        const isOurs = await this.#send(remote, batch);
        losses = isOurs ? 0 : losses + 1;
        if (isOurs) continue;
        await this.#pause(losses);
        counts.received += await this.#log.catchUp(remote, onTaken);
        continue;
      }
      if (refused.length > 0) continue;
      const [next] = wanted;
      return next ? { publish: next } : { waiting };
    }
  }

  /** Brings bytes into the remote, once for all who wait for them. What fails of an artifact keeps only what needs it waiting. */
  async #publish(artifact: string, { options, counts, failed }: Run): Promise<void> {
    const underWay = this.#publishing.get(artifact);
    const publishing = underWay ?? this.#options.publisher.publish(artifact, options);
    if (!underWay) this.#publishing.set(artifact, publishing);
    try {
      await publishing;
      if (!underWay) counts.published += 1;
    } catch (error) {
      // Whoever was first may have been cancelled.
      if (underWay && RegistryError.is(error, 'OPERATION_CANCELLED') && !options.signal?.aborted) return;
      if (!isOfArtifact(error)) throw error;
      failed.set(artifact, error);
    } finally {
      if (!underWay) this.#publishing.delete(artifact);
    }
  }

  /** What intents name has to be there before them. An object that is damaged keeps nobody waiting: whoever wants it will hear of it. */
  async #attach(batch: readonly PendingIntent[]): Promise<void> {
    const digests = new Set(batch.flatMap(({ intent }) => attachedObjects(intent)));
    await Promise.all(
      [...digests].map((digest) =>
        this.#options.publisher.attach(digest).catch((error: unknown) => {
          if (!isOfArtifact(error)) throw error;
        }),
      ),
    );
  }

  /** Takes out of the queue, and out of what was refused, what is in the log. Returns what still waits. */
  async #settle(counts: { sent: number; refused: number }): Promise<readonly PendingIntent[]> {
    const { queue, catalog } = this.#options;
    const rest: PendingIntent[] = [];
    for (const entry of await queue.list()) {
      const verdict = catalog.settled(entry.intent.id);
      if (!verdict) rest.push(entry);
      else if (verdict.code === undefined) {
        await queue.remove(entry);
        counts.sent += 1;
      } else {
        await queue.refuse(entry, { code: verdict.code, message: verdict.message, seq: verdict.seq });
        counts.refused += 1;
      }
    }
    // Two processes may have judged by different heads: what got into the log needs nobody's decision.
    for (const id of await queue.refusedIds()) {
      const verdict = catalog.settled(id);
      if (verdict && verdict.code === undefined) await queue.forgetRefused(id);
    }
    if (rest.length === 0) await queue.forgetAttempts(catalog.position.seq);
    return rest;
  }

  /** Tries to make the batch the next commit. False where another commit has its place. */
  async #send(remote: ObjectStore, chosen: readonly PendingIntent[]): Promise<boolean> {
    const { queue, catalog, clock, copy, seal = sealShared } = this.#options;
    const { seq: head, hash, at: before } = catalog.position;
    const seq = head + 1;
    await queue.noteAttempt(
      seq,
      chosen.map(({ intent }) => intent.id),
    );
    const there = await Promise.all(chosen.map((entry) => queue.isThere(entry)));
    if (there.includes(false)) return true;
    const now = isoTime(clock());
    const envelope = { v: 1, seq, prev: hash, at: now > before ? now : before } as const;
    const bytes = encodeCommit(
      envelope,
      chosen.map(({ line }) => line),
    );
    let put: 'created' | 'exists' | { readonly error: unknown };
    try {
      put = await remote.putIfAbsent(commitKey(seq), bytes);
    } catch (error) {
      put = { error };
    }
    // Another commit has the number, or the answer was lost: what stands in the log tells.
    const standing = put === 'created' ? bytes : await readCommit(remote, seq);
    if (!standing) throw typeof put === 'object' ? put.error : unreadable(seq);
    await this.#log.take(remote, seq, standing);
    const isOurs = chosen.some(({ intent }) => catalog.settled(intent.id) !== undefined);
    // Derived: whoever reads does without one that couldn't be written.
    if (isOurs) await seal(remote, copy, seq).catch(() => 0);
    return isOurs;
  }

  async #pause(losses: number): Promise<void> {
    const { random = Math.random, delay = setTimeout } = this.#options;
    const longest = Math.min(PAUSE_MS.longest, PAUSE_MS.shortest * 2 ** losses);
    await delay(Math.ceil(random() * longest));
  }
}

/** One call of `sync`. */
interface Run {
  readonly options: SyncOptions;
  readonly counts: { received: number; sent: number; refused: number; published: number };
  /** Artifacts that couldn't be brought there: what needs nothing of them goes on. */
  readonly failed: Map<string, unknown>;
  /** When the log was read to its head last. */
  readAt: number;
}

function unreadable(seq: number): RegistryError {
  return new RegistryError(
    'REMOTE_INCONSISTENT',
    `The shared storage says that commit ${seq} is there, and doesn't give it. Try again later; what waits to be shared stays.`,
  );
}
