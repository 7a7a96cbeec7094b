import { RegistryError } from '../base/errors.ts';
import { objectKey } from '../storage/layout.ts';
import type { StagedObject, StagedPut, StagingStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';

/** What may wait to be stored together: each takes a place in memory, and its bytes one in the system's. */
const MAX_OBJECTS = 4000;
const MAX_BYTES = 256 * 1024 * 1024;

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
    for (const [index, { sha256, size }] of puts.entries()) {
      if (outcomes[index] === 'exists') await checkKnownObject(store, sha256, size);
    }
  };

  return {
    async add(written) {
      waiting.push({ ...written, key: objectKey(written.sha256) });
      waitingBytes += written.size;
      sizes.set(written.staged, written.size);
      await written.staged.close();
      if (waiting.length >= MAX_OBJECTS || waitingBytes >= MAX_BYTES) await commit();
    },
    async commitNow({ staged, sha256, size }) {
      if ((await staged.commit(objectKey(sha256))) === 'exists') await checkKnownObject(store, sha256, size);
    },
    commit,
    async discard() {
      for (const { staged } of waiting) await staged.discard();
      waiting = [];
    },
  };
}

/** An object that was there is trusted for its size; `verify` and every restore read it. */
async function checkKnownObject(store: StagingStore, sha256: string, size: number): Promise<void> {
  const key = objectKey(sha256);
  const head = await store.head(key);
  if (head?.sizeBytes === size) return;
  throw new RegistryError(
    'OBJECT_DAMAGED',
    `The registry's ${key} has ${head?.sizeBytes ?? 0} bytes instead of ${size}: it is damaged. Delete that file and register again; nothing was changed.`,
  );
}
