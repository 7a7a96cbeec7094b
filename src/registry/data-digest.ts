import { basename } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { DataLineage } from '../catalog/read-models.ts';
import type { Session } from './session.ts';

const NO_ARTIFACT: ReadonlySet<string> = new Set([
  'ARTIFACT_PATH_INVALID',
  'ARTIFACT_LINK_OUTSIDE',
  'ARTIFACT_LINK_LOOP',
  'ARTIFACT_EMPTY',
]);

/** Digest and size of a file or folder of data; neither for what no artifact may hold. */
export async function digestOfData(
  session: Session,
  source: string,
  options: OperationOptions,
): Promise<Omit<DataLineage, 'path'>> {
  try {
    const { digest, sizeBytes, files } = await session.bytes.digest({ paths: [source] }, options);
    const only = files.length === 1 ? files[0] : undefined;
    const isFile = only !== undefined && only.path === basename(source);
    return { sha256: isFile ? only.sha256 : digest, sizeBytes };
  } catch (error) {
    // Data isn't stored, so what no artifact may hold is no reason to refuse the version: it is recorded by its path alone.
    if (RegistryError.is(error) && NO_ARTIFACT.has(error.code)) return {};
    throw error;
  }
}
