import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { readManifest } from './read-manifest.ts';
import { type ReadObject, readObject } from './read-object.ts';

const OBJECTS_AT_ONCE = 4;
const REMEDY = 'Put it back from a backup, or register the files again.';
/** What lies there under the name would be taken for the file otherwise. */
const DAMAGE_REMEDY = 'Put it back from a backup, or delete it and register the files again.';

export interface ArtifactProblem {
  readonly kind: 'MANIFEST_MISSING' | 'MANIFEST_DAMAGED' | 'OBJECT_MISSING' | 'OBJECT_DAMAGED';
  readonly key: string;
  /** The artifact that needs it; the object itself, where it was named by itself. */
  readonly digest: string;
  readonly isAttached?: boolean;
  readonly message: string;
}

export interface VerifyRequest {
  /** Of artifacts. */
  readonly digests: readonly string[];
  /** Of objects that are named by themselves. */
  readonly objects?: readonly string[];
}

export interface ArtifactCheck {
  /** Manifests looked for, objects that those found name, and the bytes read of these. */
  readonly manifests: number;
  readonly objects: number;
  readonly bytes: number;
  readonly problems: readonly ArtifactProblem[];
}

/**
 * Reads the manifests and every object that they name, and the objects that are named by themselves, each once, and reports what is missing, damaged or can't be read; it goes
 * on after each. Throws `OPERATION_CANCELLED`.
 */
export async function verifyArtifacts(
  store: ObjectStore,
  request: VerifyRequest,
  { onProgress, signal }: OperationOptions = {},
): Promise<ArtifactCheck> {
  const digests = [...new Set(request.digests)];
  const problems: ArtifactProblem[] = [];
  const objects = new Map<string, Use[]>();
  for (const digest of digests) {
    throwIfCancelled(signal);
    const manifest = await manifestOrProblem(store, digest);
    if ('kind' in manifest) problems.push(manifest);
    else for (const file of manifest.files) usesOf(objects, file.sha256).push({ file, digest });
  }
  const totalBytes = [...objects.values()].reduce((sum, [use]) => sum + (use?.file.size ?? 0), 0);
  let bytes = 0;
  const onBytes = (count: number) => {
    bytes += count;
    onProgress?.({ step: 'Checking', doneBytes: bytes, totalBytes });
  };
  const found = await eachOf([...objects], OBJECTS_AT_ONCE, async ([sha256, uses]) => {
    throwIfCancelled(signal);
    return problemsOf(sha256, uses, await readObject(store, sha256, signal, onBytes));
  });
  const attached = (request.objects ?? []).filter((sha256) => !objects.has(sha256));
  const foundAttached = await eachOf(attached, OBJECTS_AT_ONCE, async (sha256) => {
    throwIfCancelled(signal);
    return attachedProblems(sha256, await readObject(store, sha256, signal, onBytes));
  });
  return {
    manifests: digests.length,
    objects: objects.size + attached.length,
    bytes,
    problems: [...problems, ...found.flat(), ...foundAttached.flat()],
  };
}

interface Use {
  readonly file: ManifestFile;
  readonly digest: string;
}

function usesOf(objects: Map<string, Use[]>, sha256: string): Use[] {
  const uses = objects.get(sha256) ?? [];
  objects.set(sha256, uses);
  return uses;
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

function attachedProblems(sha256: string, read: ReadObject): readonly ArtifactProblem[] {
  const key = objectKey(sha256);
  const problem = (kind: ArtifactProblem['kind'], how: string): readonly ArtifactProblem[] => [
    { kind, key, digest: sha256, isAttached: true, message: `${key}, which the log names, ${how}` },
  ];
  if (!read) return problem('OBJECT_MISSING', 'is missing. Put it back from a backup.');
  if ('failure' in read) return problem('OBJECT_DAMAGED', `can't be read. ${read.failure}`);
  return read.sha256 === sha256 ? [] : problem('OBJECT_DAMAGED', 'is damaged. Put it back from a backup.');
}

/** One problem for each artifact that needs the object. */
function problemsOf(sha256: string, uses: readonly Use[], read: ReadObject): readonly ArtifactProblem[] {
  const key = objectKey(sha256);
  const byDigest = new Map(uses.map((use) => [use.digest, use]));
  return [...byDigest.values()].flatMap(({ file, digest }): readonly ArtifactProblem[] => {
    if (!read)
      return [{ kind: 'OBJECT_MISSING', key, digest, message: `${key}, the file ${file.path}, is missing. ${REMEDY}` }];
    if ('failure' in read) {
      return [
        {
          kind: 'OBJECT_DAMAGED',
          key,
          digest,
          message: `${key}, the file ${file.path}, can't be read. ${read.failure}`,
        },
      ];
    }
    if (read.sha256 !== sha256) {
      return [
        { kind: 'OBJECT_DAMAGED', key, digest, message: `${key}, the file ${file.path}, is damaged. ${DAMAGE_REMEDY}` },
      ];
    }
    const wrong = uses.find((use) => use.digest === digest && use.file.size !== read.size);
    if (!wrong) return [];
    const message = `${manifestKey(digest)} says that ${wrong.file.path} has ${wrong.file.size} bytes, and it has ${read.size}. Register the files again.`;
    return [{ kind: 'MANIFEST_DAMAGED', key: manifestKey(digest), digest, message }];
  });
}
