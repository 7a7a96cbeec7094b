import { RegistryError } from '../../base/errors.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { versionById } from '../../catalog/version-queries.ts';
import { dbOf, readToHead, type Session } from '../session.ts';

const ABSENT: ReadonlySet<string> = new Set(['MANIFEST_MISSING', 'OBJECT_MISSING', 'ARTIFACT_ABSENT']);

/**
 * Runs a task that needs the files of a version. Throws `ARTIFACT_WITHDRAWN` where they were removed to free space, before the task began or
 * while it ran: what is missing then is no damage.
 */
export async function withFilesOf<T>(session: Session, version: VersionSummary, task: () => Promise<T>): Promise<T> {
  checkNotWithdrawn(version);
  try {
    return await task();
  } catch (error) {
    if (!RegistryError.is(error) || !ABSENT.has(error.code)) throw error;
    await readToHead(session);
    const now = versionById(dbOf(session), version.id);
    if (now) checkNotWithdrawn(now);
    throw error;
  }
}

function checkNotWithdrawn(version: VersionSummary): void {
  const { withdrawnAt } = version.artifact;
  if (withdrawnAt === undefined) return;
  throw new RegistryError(
    'ARTIFACT_WITHDRAWN',
    `The files of ${version.model}@${version.number} were removed on ${withdrawnAt.slice(0, 10)} to free space. Register the same files again to bring them back; nothing was changed.`,
    { details: { withdrawnAt } },
  );
}
