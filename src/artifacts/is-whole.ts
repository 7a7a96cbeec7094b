import { objectKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { eachOf } from './each-of.ts';
import { readManifest } from './read-manifest.ts';

const AT_ONCE = 32;

/** Whether a store has all objects of an artifact, by their presence and size. Throws `MANIFEST_MISSING`, `MANIFEST_DAMAGED`. */
export async function isWhole(store: ObjectStore, digest: string): Promise<boolean> {
  const { files } = await readManifest(store, digest);
  const found = await eachOf(
    files,
    AT_ONCE,
    async ({ sha256, size }) => (await store.head(objectKey(sha256)))?.sizeBytes === size,
  );
  return !found.includes(false);
}
