import { downloadArtifact } from '../../artifacts/download.ts';
import { isWhole } from '../../artifacts/is-whole.ts';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { manifestKey } from '../../storage/layout.ts';
import { whileStoring } from '../../storage/leases.ts';
import { type Session, stateOf } from '../session.ts';
import { withFilesOf } from '../space/withdrawn.ts';
import { limitCache, noteUse } from './cache-limit.ts';

/**
 * Runs a task that needs the files of a version on this disk; in a shared registry they are fetched first, where they aren't there. Throws
 * `FILES_NOT_SHARED`, `ARTIFACT_WITHDRAWN`.
 */
export async function withFetchedFiles<T>(
  session: Session,
  version: VersionSummary,
  task: () => Promise<T>,
  options: OperationOptions = {},
): Promise<T> {
  const { digest } = version.artifact;
  for (let isAgain = false; ; isAgain = true) {
    const isFetched = await fetchFiles(session, version, options);
    try {
      const result = await withFilesOf(session, version, task);
      await noteUse(session, digest);
      if (isFetched) await limitCache(session);
      return result;
    } catch (error) {
      // Another process of this machine may have made room for others meanwhile.
      if (isAgain || !session.shared || !(await isGone(session, digest, error))) throw error;
    }
  }
}

async function isGone({ store }: Session, digest: string, error: unknown): Promise<boolean> {
  const isAbsent = RegistryError.is(error, 'OBJECT_MISSING') || RegistryError.is(error, 'MANIFEST_MISSING');
  return isAbsent && (await store.head(manifestKey(digest))) === undefined;
}

/** Brings the files of a version of a shared registry onto this disk, where they aren't. True where something was fetched. */
export async function fetchFiles(
  session: Session,
  version: VersionSummary,
  options: OperationOptions,
): Promise<boolean> {
  const { shared, store } = session;
  const { digest, withdrawnAt } = version.artifact;
  if (!shared || withdrawnAt !== undefined) return false;
  if ((await store.head(manifestKey(digest))) && (await isWhole(store, digest))) return false;
  if (stateOf(session).artifactStatus(digest) !== 'published') throw filesNotShared(session, version);
  const remote = await shared.remote();
  // Nobody takes its objects for leftovers before its manifest is there.
  await whileStoring(session.location.dir, () => downloadArtifact(store, remote, digest, options), {
    signal: options.signal,
  });
  return true;
}

/** The files of the version are on the machine that registered it, and neither here nor in the shared storage. */
export function filesNotShared({ shared }: Session, { model, number, createdBy }: VersionSummary): RegistryError {
  const when = shared?.attachment.upload === 'on-promote' ? ' when it is promoted there' : '';
  return new RegistryError(
    'FILES_NOT_SHARED',
    `The files of ${model}@${number} aren't in the shared storage yet: ${createdBy.name} registered it, and they go up from that machine${when}. Try again then; nothing was changed.`,
  );
}
