import { RegistryError } from '../base/errors.ts';
import { isSha256Hex, sha256Hex } from '../base/hash.ts';
import { manifestKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { MAX_MANIFEST_BYTES, type Manifest, parseManifest } from './manifest.ts';

/** The manifest with this digest. Throws `MANIFEST_MISSING` or `MANIFEST_DAMAGED`. */
export async function readManifest(store: ObjectStore, digest: string): Promise<Manifest> {
  if (!isSha256Hex(digest)) {
    throw new RegistryError('MANIFEST_MISSING', `${JSON.stringify(digest.slice(0, 100))} is no artifact's digest.`);
  }
  const key = manifestKey(digest);
  const bytes = await store.get(key, MAX_MANIFEST_BYTES + 1);
  if (!bytes) {
    throw new RegistryError(
      'MANIFEST_MISSING',
      `${key}, the list of these files, is missing from the registry. Put it back from a backup, or register the files again.`,
    );
  }
  if (sha256Hex(bytes) !== digest) {
    throw new RegistryError(
      'MANIFEST_DAMAGED',
      `${key}, the list of these files, is damaged. Put it back from a backup, or register the files again.`,
    );
  }
  return parseManifest(bytes);
}
