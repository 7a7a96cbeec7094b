import { uploadArtifact, uploadObject } from '../../artifacts/upload.ts';
import { extentOfArtifact, firstVersionWith } from '../../catalog/artifact-queries.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Publisher } from '../../intents/publications.ts';
import type { LocalStore, ObjectStore } from '../../storage/object-store.ts';

/** For so long whoever registered the same bytes first is left to upload them. */
const OTHERS_MS = 20_000;
/** What is brought there in a moment. */
const SMALL = { bytes: 1024 * 1024, files: 4 };

/** Brings artifacts of this disk into the remote. */
export function publisherFor(options: {
  readonly local: LocalStore;
  readonly remote: () => Promise<ObjectStore>;
  readonly catalog: Catalog;
  readonly clock: () => number;
}): Publisher {
  const { local, remote, catalog, clock } = options;
  const verified = new Set<string>();
  const attached = new Set<string>();
  const small = new Map<string, boolean>();
  const waitingSince = new Map<string, number>();
  return {
    isPublished: (digest) => verified.has(digest),
    async attach(digest) {
      if (attached.has(digest)) return;
      await uploadObject(local, await remote(), digest);
      attached.add(digest);
    },
    isSmall(digest) {
      const known = small.get(digest);
      if (known !== undefined) return known;
      const extent = extentOfArtifact(catalog.db, digest);
      if (!extent) return false;
      const isSmall = extent.sizeBytes <= SMALL.bytes && extent.fileCount <= SMALL.files;
      small.set(digest, isSmall);
      return isSmall;
    },
    isOurs(digest, version) {
      // What isn't in the log isn't known to others: nobody else brings it there.
      const first = firstVersionWith(catalog.appliedDb, digest);
      if (version === undefined || first === undefined || first === version) return true;
      const since = waitingSince.get(digest) ?? clock();
      waitingSince.set(digest, since);
      return clock() - since > OTHERS_MS;
    },
    async publish(digest, operation) {
      await uploadArtifact(local, await remote(), digest, operation);
      verified.add(digest);
    },
  };
}
