import { createHash } from 'node:crypto';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { eachOf } from './each-of.ts';
import { throwIfCancelled } from './intake.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { readManifest } from './materialise.ts';

const OBJECTS_AT_ONCE = 4;

export interface ArtifactProblem {
  readonly kind: 'MANIFEST_MISSING' | 'MANIFEST_DAMAGED' | 'OBJECT_MISSING' | 'OBJECT_DAMAGED';
  readonly key: string;
  /** The artifact that needs it. */
  readonly digest: string;
  readonly message: string;
}

export interface ArtifactCheck {
  readonly manifests: number;
  readonly objects: number;
  readonly bytes: number;
  readonly problems: readonly ArtifactProblem[];
}

/** Reads the manifests and every object that they name, each object once, and reports what is missing or damaged. */
export async function verifyArtifacts(
  store: ObjectStore,
  request: { readonly digests: readonly string[] },
  options: OperationOptions = {},
): Promise<ArtifactCheck> {
  const problems: ArtifactProblem[] = [];
  const users = new Map<string, { readonly file: ManifestFile; readonly digests: string[] }>();
  for (const digest of request.digests) {
    throwIfCancelled(options.signal);
    const manifest = await manifestOrProblem(store, digest);
    if ('kind' in manifest) {
      problems.push(manifest);
      continue;
    }
    for (const file of manifest.files) {
      const known = users.get(file.sha256);
      if (!known) users.set(file.sha256, { file, digests: [digest] });
      else if (!known.digests.includes(digest)) known.digests.push(digest);
    }
  }
  const objects = [...users.values()];
  const totalBytes = objects.reduce((sum, { file }) => sum + file.size, 0);
  let doneBytes = 0;
  const onBytes = (count: number) => {
    doneBytes += count;
    options.onProgress?.({ step: 'Checking', doneBytes, totalBytes });
  };
  const found = await eachOf(objects, OBJECTS_AT_ONCE, async ({ file, digests }) => {
    const kind = await problemOfObject(store, file, options.signal, onBytes);
    if (!kind) return [];
    const key = objectKey(file.sha256);
    const message = `${key}, the file ${file.path}, is ${kind === 'OBJECT_MISSING' ? 'missing' : 'damaged'}. Put it back from a backup, or register the files again.`;
    return digests.map((digest) => ({ kind, key, digest, message }));
  });
  return {
    manifests: request.digests.length,
    objects: objects.length,
    bytes: doneBytes,
    problems: [...problems, ...found.flat()],
  };
}

async function manifestOrProblem(store: ObjectStore, digest: string): Promise<Manifest | ArtifactProblem> {
  try {
    return await readManifest(store, digest);
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    const kind = error.code === 'MANIFEST_MISSING' ? 'MANIFEST_MISSING' : 'MANIFEST_DAMAGED';
    return { kind, key: manifestKey(digest), digest, message: error.message };
  }
}

async function problemOfObject(
  store: ObjectStore,
  file: ManifestFile,
  signal: AbortSignal | undefined,
  onBytes: (count: number) => void,
): Promise<'OBJECT_MISSING' | 'OBJECT_DAMAGED' | undefined> {
  const chunks = await store.getStream(objectKey(file.sha256));
  if (!chunks) return 'OBJECT_MISSING';
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    throwIfCancelled(signal);
    hash.update(chunk);
    onBytes(chunk.length);
  }
  return hash.digest('hex') === file.sha256 ? undefined : 'OBJECT_DAMAGED';
}
