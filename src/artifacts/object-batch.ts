import { RegistryError } from '../base/errors.ts';
import { objectKey } from '../storage/layout.ts';
import type { StagedObject, StagedPut, StagingStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import { readObject } from './read-object.ts';

/** What may wait to be stored together: each takes a place in memory, and its bytes one in the system's. */
const MAX_OBJECTS = 4000;
const MAX_BYTES = 256 * 1024 * 1024;
const CHECKED_AT_ONCE = 16;

/** Bytes that were written and hashed. */
export interface WrittenObject {
  readonly staged: StagedObject;
  readonly sha256: string;
  readonly size: number;
}

/** Takes objects into a store, small ones many at a time. */
export interface ObjectBatch {
  /** Stores the object with others, now or later. */
  add(written: WrittenObject): Promise<void>;
  /** Stores the object by itself. */
  commitNow(written: WrittenObject): Promise<void>;
  /** Stores what waits. All that was added is durable when it returns. */
  commit(): Promise<void>;
  /** Forgets what waits. */
  discard(): Promise<void>;
}

/**
 * `onBytes` is told of bytes that were added when their turn comes to be made durable. Throws `OBJECT_DAMAGED` where the store has other
 * bytes under a name, and `OPERATION_CANCELLED`.
 */
export function objectBatch(
  store: StagingStore,
  { onBytes, signal }: { readonly onBytes: (count: number) => void; readonly signal: AbortSignal | undefined },
): ObjectBatch {
  let waiting: (WrittenObject & StagedPut)[] = [];
  let waitingBytes = 0;
  const sizes = new WeakMap<StagedObject, number>();

  const commit = async () => {
    const puts = waiting;
    waiting = [];
    waitingBytes = 0;
    const outcomes = await store.commitAll(puts, ({ staged }) => {
      throwIfCancelled(signal);
      onBytes(sizes.get(staged) ?? 0);
    });
    const known = puts.filter((_, index) => outcomes[index] === 'exists');
    await eachOf(known, CHECKED_AT_ONCE, async (put) => checkKnownObject(store, put, signal));
  };

  return {
    async add(written) {
      waiting.push({ ...written, key: objectKey(written.sha256) });
      waitingBytes += written.size;
      sizes.set(written.staged, written.size);
      await written.staged.close();
      if (waiting.length >= MAX_OBJECTS || waitingBytes >= MAX_BYTES) await commit();
    },
    async commitNow(written) {
      const outcome = await written.staged.commit(objectKey(written.sha256));
      if (outcome === 'exists') await checkKnownObject(store, written, signal);
    },
    commit,
    async discard() {
      for (const { staged } of waiting) await staged.discard();
      waiting = [];
    },
  };
}

/** An object that was there is read: nobody should register good files and get damaged ones back. */
async function checkKnownObject(
  store: StagingStore,
  { sha256, size }: Pick<WrittenObject, 'sha256' | 'size'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const key = objectKey(sha256);
  const head = await store.head(key);
  if (head?.sizeBytes !== size) throw damaged(`${key} has ${head?.sizeBytes ?? 0} bytes instead of ${size}`);
  const read = await readObject(store, sha256, signal, () => undefined);
  if (read && 'failure' in read) throw damaged(`${key} can't be read (${read.failure})`);
  if (read?.sha256 !== sha256) throw damaged(`${key} has other bytes than those that it is named for`);
}

function damaged(how: string): RegistryError {
  return new RegistryError(
    'OBJECT_DAMAGED',
    `The registry's ${how}: it is damaged. Delete that file and register again; nothing was changed.`,
  );
}
