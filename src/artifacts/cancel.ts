import { RegistryError } from '../base/errors.ts';

/** Throws `OPERATION_CANCELLED` once the signal was given. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new RegistryError('OPERATION_CANCELLED', 'The operation was cancelled. Nothing was changed.');
}
