import { RegistryError } from '../../base/errors.ts';
import type { VersionSummary } from '../api.ts';

/** Throws `ARTIFACT_WITHDRAWN` for a version whose files were removed to free space. */
export function checkNotWithdrawn(version: VersionSummary): void {
  const { withdrawnAt } = version.artifact;
  if (withdrawnAt === undefined) return;
  throw new RegistryError(
    'ARTIFACT_WITHDRAWN',
    `The files of ${version.model}@${version.number} were removed on ${withdrawnAt.slice(0, 10)} to free space. Register the same files again to bring them back; nothing was changed.`,
    { details: { withdrawnAt } },
  );
}
