import { type Manifest, parseManifest } from '../../artifacts/manifest.ts';
import { RegistryError } from '../../base/errors.ts';
import { sha256Hex } from '../../base/hash.ts';
import type { FileEntry } from '../../catalog/read-models/versions.ts';
import { manifestKey } from '../../storage/layout.ts';
import type { Session } from '../session.ts';

/** The files of an artifact, or undefined where its manifest is missing or damaged. */
export async function filesOf(session: Session, digest: string): Promise<readonly FileEntry[] | undefined> {
  const bytes = await session.store.get(manifestKey(digest));
  if (!bytes || sha256Hex(bytes) !== digest) return undefined;
  return manifestOf(bytes)?.files.map(({ path, size, sha256, exec }) => ({
    path,
    sizeBytes: size,
    sha256,
    isExecutable: exec ?? false,
  }));
}

function manifestOf(bytes: Uint8Array): Manifest | undefined {
  try {
    return parseManifest(bytes);
  } catch (error) {
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}
