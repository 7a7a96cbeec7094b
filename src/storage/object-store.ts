/**
 * The port to a registry's bytes. Keys are `/`-separated names of `[A-Za-z0-9._-]` that neither start nor end with a dot.
 * Nothing is ever overwritten. Three kinds of store keep this contract, and one acceptance suite checks them.
 */
export interface ObjectStore {
  /** The bytes under `key`, or undefined where there are none. At most `maxBytes` of them, from the start, where given. */
  get(key: string, maxBytes?: number): Promise<Uint8Array | undefined>;
  /** `length` bytes from `offset`, fewer where the object ends before; undefined where there is no such object. */
  getRange(key: string, offset: number, length: number): Promise<Uint8Array | undefined>;
  /** The bytes in chunks, never held whole; undefined where there is no such object. */
  getStream(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  head(key: string): Promise<ObjectHead | undefined>;
  /**
   * Stores `bytes` under `key` unless the key is taken. Once it returns, `created` or `exists`, the object is durable and
   * whole for every reader. After a throw the outcome is unknown: read the key to learn it.
   */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<PutOutcome>;
  /**
   * The keys that start with `prefix` (a folder, ending in `/`), in order, after `after` and before `until`, at most `limit`. Whoever wants
   * a part of many does well to name both ends: not every store can begin in the middle.
   */
  list(prefix: string, options?: ListOptions): Promise<readonly string[]>;
}

export interface ListOptions {
  readonly after?: string;
  readonly until?: string;
  readonly limit?: number;
}

export type PutOutcome = 'created' | 'exists';

export interface ObjectHead {
  readonly sizeBytes: number;
  /** MD5 of the bytes, in base64, where the store has computed it from what it got. */
  readonly md5?: string;
}

/** A store that takes bytes before their name is known: what is named by its content is hashed while it is written. */
export interface StagingStore extends ObjectStore {
  stage(): Promise<StagedObject>;
  /**
   * Publishes many at once, with the promises of `putIfAbsent` for each once it returns; the outcomes are in the order given. Much
   * faster than one by one, because the disk is waited for less often. `onEach` is called once for each, as its turn comes; what it
   * throws ends the rest. After a throw any of them may be published, whole.
   */
  commitAll(puts: readonly StagedPut[], onEach?: (put: StagedPut) => void): Promise<readonly PutOutcome[]>;
  /** What `head` tells of each key, in order. The names of objects that were durable once are so again when it returns. */
  confirm(keys: readonly string[]): Promise<readonly (ObjectHead | undefined)[]>;
}

export interface StagedPut {
  readonly key: string;
  /** Made by the same store. */
  readonly staged: StagedObject;
}

/** What an interrupted process, or an interrupted transfer of this one, left of bytes that it was staging. */
export interface Leftover {
  readonly sizeBytes: number;
  /** Its bytes from the start, as far as they were written: nobody has verified them. */
  read(): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Harmless where it is gone. */
  remove(): Promise<void>;
}

/** A store of this machine, from which bytes can be removed that nothing needs any more. Nobody removes anything from a shared one. */
export interface LocalStore extends StagingStore {
  /**
   * Removes objects, manifests, and what waits to be shared; harmless where there is none. Throws `KEY_INVALID` for anything that is part of
   * the log.
   */
  remove(key: string): Promise<void>;
  /** As `stage`, for bytes that take long to come: `leftovers` with the same name, letters and digits, finds what was written if that ends before the commit. */
  stageAs(name: string): Promise<ResumableObject>;
  /** What was left under a name by those who stage nothing under it any more, the largest first. Of this machine, and for about a day. */
  leftovers(name: string): Promise<readonly Leftover[]>;
}

/** Bytes on their way into a store that another process can go on with. */
export interface ResumableObject extends StagedObject {
  /** Ends the writing, and leaves what was written for whoever stages the same next. */
  keep(): Promise<void>;
}

/** Bytes on their way into a store, seen by nobody until they are committed. */
export interface StagedObject {
  write(chunk: Uint8Array): Promise<void>;
  /** Makes what was written so far durable, so that the commit has less to wait for. Writing may go on meanwhile. */
  flush(): Promise<void>;
  /** Ends the writing and frees the open file: thousands can wait for their commit. */
  close(): Promise<void>;
  /** Publishes what was written under `key` with the promises of `putIfAbsent`. */
  commit(key: string): Promise<PutOutcome>;
  /** Forgets what was written. Harmless after `commit`. */
  discard(): Promise<void>;
}
