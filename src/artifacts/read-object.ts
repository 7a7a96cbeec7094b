import { createHash } from 'node:crypto';
import { messageOf, RegistryError } from '../base/errors.ts';
import { objectKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';

/** What came of reading an object: its size and hash, or why it couldn't be read. */
export type ReadObject = { readonly sha256: string; readonly size: number } | { readonly failure: string } | undefined;

/** Reads an object as it lies there, whatever it should be. Throws `OPERATION_CANCELLED` alone. */
export async function readObject(
  store: ObjectStore,
  sha256: string,
  signal: AbortSignal | undefined,
  onBytes: (count: number) => void,
): Promise<ReadObject> {
  try {
    const chunks = await store.getStream(objectKey(sha256));
    if (!chunks) return undefined;
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of chunks) {
      throwIfCancelled(signal);
      hash.update(chunk);
      size += chunk.length;
      onBytes(chunk.length);
    }
    return { sha256: hash.digest('hex'), size };
  } catch (error) {
    if (RegistryError.is(error, 'OPERATION_CANCELLED')) throw error;
    return { failure: messageOf(error) };
  }
}
