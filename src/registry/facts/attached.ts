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
  const found = await readObject(session, digest);
  if ('problem' in found) throw problemWith(objectKey(digest), found);
  if (found.isFetched) await session.store.putIfAbsent(objectKey(digest), found.bytes);
  return found.bytes;
}

export type ReadObject =
  | { readonly bytes: Uint8Array; readonly isFetched: boolean }
  | { readonly problem: 'missing' | 'damaged'; readonly where: 'here' | 'shared' };

/** The bytes of an object of at most `maxBytes`, from here, or from the storage that a registry shares. Throws what the remote answers. */
export async function readObject(session: Session, digest: string, maxBytes: number = MAX_BYTES): Promise<ReadObject> {
  const key = objectKey(digest);
  const isIt = (bytes: Uint8Array) => bytes.length <= maxBytes && sha256Hex(bytes) === digest;
  const here = await session.store.get(key, maxBytes + 1);
  if (here && isIt(here)) return { bytes: here, isFetched: false };
  if (!session.shared) return { problem: here ? 'damaged' : 'missing', where: 'here' };
  const there = await (await session.shared.remote()).get(key, maxBytes + 1);
  if (there && isIt(there)) return { bytes: there, isFetched: true };
  return { problem: there ? 'damaged' : 'missing', where: 'shared' };
}

function problemWith(
  key: string,
  { problem, where }: Extract<ReadObject, { readonly problem: string }>,
): RegistryError {
  if (problem === 'missing')
    return new RegistryError(
      'OBJECT_MISSING',
      where === 'here'
        ? `${key} is missing from the registry. Put it back from a backup.`
        : `${key} isn't in the shared storage. Ask whoever registered the version to run \`model-registry sync\`.`,
    );
  return new RegistryError(
    'OBJECT_DAMAGED',
    where === 'here'
      ? `${key} is damaged. Put it back from a backup.`
      : `${key} in the shared storage is damaged. Ask whoever manages it.`,
  );
}
