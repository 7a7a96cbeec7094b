import { RegistryError } from '../../base/errors.ts';
import { sha256Hex } from '../../base/hash.ts';
import { objectKey } from '../../storage/layout.ts';
import type { Session } from '../session.ts';

/** More than any object that a version names beside its artifact. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Stores bytes as an object. Returns their digest. */
export async function storeAttached(session: Session, bytes: Uint8Array): Promise<string> {
  const digest = sha256Hex(bytes);
  await session.store.putIfAbsent(objectKey(digest), bytes);
  return digest;
}

/**
 * The bytes of an object that the log names; of a shared registry they are fetched where this machine doesn't have them. Throws
 * `OBJECT_MISSING`, `OBJECT_DAMAGED`, and what the remote answers.
 */
export async function attachedObject(session: Session, digest: string): Promise<Uint8Array> {
  const key = objectKey(digest);
  const here = await session.store.get(key, MAX_BYTES + 1);
  if (here && sha256Hex(here) === digest) return here;
  if (!session.shared) {
    throw here
      ? new RegistryError('OBJECT_DAMAGED', `${key} is damaged. Put it back from a backup.`)
      : new RegistryError('OBJECT_MISSING', `${key} is missing from the registry. Put it back from a backup.`);
  }
  const there = await (await session.shared.remote()).get(key, MAX_BYTES + 1);
  if (!there) {
    throw new RegistryError(
      'OBJECT_MISSING',
      `${key} isn't in the shared storage. Ask whoever registered the version to run \`model-registry sync\`.`,
    );
  }
  if (sha256Hex(there) !== digest)
    throw new RegistryError('OBJECT_DAMAGED', `${key} in the shared storage is damaged. Ask whoever manages it.`);
  if (!here) await session.store.putIfAbsent(key, there);
  return there;
}
