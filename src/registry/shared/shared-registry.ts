import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, RegistryError } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { isStale } from '../../intents/choose-batch.ts';
import type { PendingQueue } from '../../intents/pending-queue.ts';
import { isOfArtifact } from '../../intents/publications.ts';
import type { SharedAuthority, SyncOptions } from '../../intents/shared-authority.ts';
import type { SettledResult } from '../../intents/submitting.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { RemoteStatus, SyncReport } from '../api/sharing.ts';
import type { Attachment } from './attachment.ts';
import type { ConnectRemote, RemoteConnection } from './remote.ts';

/** For so long a command waits until what it asked for is shared. */
const PATIENCE_MS = 10_000;
/** After a failure the remote is left alone for so long by commands that only would like to share. */
const REST_MS = 10_000;

export interface SharedOptions {
  readonly attachment: Attachment;
  readonly catalog: Catalog;
  readonly queue: PendingQueue;
  readonly connect: ConnectRemote;
  /** Throws unless this person wants the remote to be asked. */
  readonly checkConfirmed: () => Promise<void>;
  readonly clock: () => number;
}

/** The shared side of an open registry: whether it answers, what waits, and bringing both sides together. */
export class SharedRegistry {
  readonly #options: SharedOptions;
  readonly #authority: SharedAuthority;
  #connection: Promise<RemoteConnection> | undefined;
  #connected: RemoteConnection | undefined;
  #failure: { readonly error: unknown; readonly since: number; readonly last: number } | undefined;
  /** Why files can't be shared, where the storage answers otherwise. */
  #problem: unknown;
  #syncedAt: number | undefined;
  #underWay = 0;

  constructor(options: SharedOptions, authority: (shared: SharedRegistry) => SharedAuthority) {
    this.#options = options;
    this.#authority = authority(this);
  }

  get authority(): SharedAuthority {
    return this.#authority;
  }

  get queue(): PendingQueue {
    return this.#options.queue;
  }

  get attachment(): Attachment {
    return this.#options.attachment;
  }

  /** The remote's clock, as far as it is known. */
  now(): number {
    return this.#connected?.now() ?? this.#options.clock();
  }

  /** The remote, connected at the first call. */
  async remote(): Promise<ObjectStore> {
    if (this.attachment.isDetached) {
      throw new RegistryError(
        'REMOTE_DETACHED',
        'This registry was detached from its shared storage, so that is left alone.',
      );
    }
    this.#connection ??= this.#options.checkConfirmed().then(() => this.#options.connect(this.attachment.url));
    try {
      this.#connected = await this.#connection;
      await this.#connected.check?.();
      return this.#connected.store;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  /** Takes over what others shared, shares what waits. Throws what the remote answers; what was done before stays done. */
  async sync(options: SyncOptions = {}): Promise<SyncReport> {
    this.#underWay += 1;
    const before = this.#connected?.stats();
    try {
      const outcome = await this.#authority.sync(options);
      this.#failure = undefined;
      if (options.bytesOf === undefined) this.#problem = undefined;
      this.#syncedAt = this.#options.clock();
      return { ...outcome, ...this.#costSince(before) };
    } catch (error) {
      // A person stopped it, or one artifact isn't as it should be: the storage answers all the same.
      if (RegistryError.is(error, 'OPERATION_CANCELLED')) throw error;
      if (isOfArtifact(error)) {
        this.#failure = undefined;
        this.#problem = error;
        throw error;
      }
      // Another sign-in may help, and a token that is too old never will.
      this.#connection = undefined;
      const now = this.#options.clock();
      this.#failure = { error, since: this.#failure?.since ?? now, last: now };
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }

  /**
   * Tries to share the intent with this id, for a while. Undefined where it still waits: the remote doesn't answer, or something
   * before it needs longer.
   */
  async share(
    id: string,
    { patienceMs = PATIENCE_MS, ...options }: SyncOptions & { readonly patienceMs?: number } = {},
  ): Promise<SettledResult | undefined> {
    const { clock, catalog, queue } = this.#options;
    const isResting = this.#failure !== undefined && clock() - this.#failure.last < REST_MS;
    if (!isResting) {
      // It goes on afterwards: whoever asks next finds more of it done.
      const syncing = this.sync(options).catch(() => undefined);
      if (options.bytesOf?.length !== 0) await syncing;
      else await Promise.race([syncing, delay(patienceMs, undefined, { ref: false })]);
    }
    // Another process of this machine may have shared it, also where this one couldn't.
    await catalog.catchUp();
    await this.#authority.refresh();
    const settled = catalog.settled(id);
    if (settled && settled.code === undefined) return { kind: 'applied', seq: settled.seq, at: settled.at };
    const refused = (await queue.refused()).find(({ intent }) => intent.id === id);
    if (!refused) return undefined;
    return { kind: 'refused', outcome: { kind: 'void', code: refused.code, message: refused.message } };
  }

  async status(): Promise<RemoteStatus> {
    const { queue, clock } = this.#options;
    const [pending, refused, confirmed] = await Promise.all([queue.list(), queue.refused(), queue.confirmations()]);
    const stale = pending.filter(({ intent }) => isStale(intent, clock(), confirmed.get(intent.id)));
    const { url, registryId, upload } = this.attachment;
    const cost = this.#connected?.stats();
    return {
      url,
      registryId,
      upload,
      pending: pending.length,
      stale: stale.length,
      refused: refused.length,
      isSyncing: this.#underWay > 0,
      ...(this.#syncedAt === undefined ? {} : { syncedAt: new Date(this.#syncedAt).toISOString() }),
      ...(this.#failure ? { failure: failureOf(this.#failure.error, this.#failure.since) } : {}),
      ...(this.#problem === undefined ? {} : { problem: described(this.#problem) }),
      ...(cost ? { cost } : {}),
    };
  }

  #costSince(before: ReturnType<RemoteConnection['stats']>) {
    const after = this.#connected?.stats();
    if (!after) return {};
    const { requests = 0, sentBytes = 0, receivedBytes = 0 } = before ?? {};
    return {
      cost: {
        requests: after.requests - requests,
        sentBytes: after.sentBytes - sentBytes,
        receivedBytes: after.receivedBytes - receivedBytes,
      },
    };
  }
}

function failureOf(error: unknown, since: number): NonNullable<RemoteStatus['failure']> {
  return { ...described(error), since: new Date(since).toISOString() };
}

function described(error: unknown): { readonly code: string; readonly message: string } {
  return { code: RegistryError.is(error) ? error.code : 'INTERNAL', message: messageOf(error) };
}
