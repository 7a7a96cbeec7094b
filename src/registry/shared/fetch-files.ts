import { downloadArtifact } from '../../artifacts/download.ts';
import { isWhole } from '../../artifacts/is-whole.ts';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import { manifestKey } from '../../storage/layout.ts';
import type { VersionSummary } from '../api.ts';
import { type Session, stateOf } from '../session.ts';

/** Brings the files of a version of a shared registry onto this disk, where they aren't. */
export async function fetchFiles(
  session: Session,
  version: VersionSummary,
  options: OperationOptions = {},
): Promise<void> {
  const { shared, store } = session;
  const { digest, withdrawnAt } = version.artifact;
  if (!shared || withdrawnAt !== undefined) return;
  if ((await store.head(manifestKey(digest))) && (await isWhole(store, digest))) return;
  if (stateOf(session).artifactStatus(digest) !== 'published') throw filesNotShared(session, version);
  await downloadArtifact(store, await shared.remote(), digest, options);
}

/** The files of the version are on the machine that registered it, and neither here nor in the shared storage. */
export function filesNotShared({ shared }: Session, { model, number, createdBy }: VersionSummary): RegistryError {
  const when = shared?.attachment.upload === 'on-promote' ? ' when it is promoted there' : '';
  return new RegistryError(
    'FILES_NOT_SHARED',
    `The files of ${model}@${number} aren't in the shared storage yet: ${createdBy.name} registered it, and they go up from that machine${when}. Try again then; nothing was changed.`,
  );
}
