import { setTimeout as delay } from 'node:timers/promises';
import { type ArtifactCheck, type ArtifactProblem, verifyArtifacts } from '../../artifacts/verify-objects.ts';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { manifestKey } from '../../storage/layout.ts';
import { type Session, stateOf } from '../session.ts';
import { filesNotShared } from '../shared/fetch-files.ts';

/** So little is read in less time than another thread takes to answer. */
const SMALL_BYTES = 1024 * 1024;
/** A storage that doesn't answer must not hold a rollback up. */
const REMOTE_MS = 1500;

/**
 * Reads the files of the version that a rollback goes to, before anything is recorded. Where this machine hasn't got them, the shared
 * storage is asked whether it has; one that doesn't answer is believed to have what the log says. Throws `ARTIFACT_ABSENT`,
 * `ARTIFACT_DAMAGED`, `ARTIFACT_WITHDRAWN`, `FILES_NOT_SHARED`: nothing can be brought back then, and the error says what can.
 */
export async function verifyRollback(
  session: Session,
  version: VersionSummary,
  others: () => readonly VersionSummary[],
  options: OperationOptions,
): Promise<void> {
  const { digest, withdrawnAt, sizeBytes } = version.artifact;
  const label = `${version.model}@${version.number}`;
  const advice = () => adviceFor(version, others());
  if (withdrawnAt !== undefined) {
    throw new RegistryError(
      'ARTIFACT_WITHDRAWN',
      `The files of ${label} were removed on ${withdrawnAt.slice(0, 10)} to free space, so it can't come back. ${advice()} Nothing was changed.`,
      { details: { withdrawnAt } },
    );
  }
  const isHere = (await session.store.head(manifestKey(digest))) !== undefined;
  const check = isHere ? await readHere(session, digest, sizeBytes, options) : undefined;
  if (check?.problems.length === 0) return;
  if (session.shared) {
    if (stateOf(session).artifactStatus(digest) !== 'published') throw filesNotShared(session, version);
    if (await hasRemote(session, digest)) return;
    throw new RegistryError(
      'ARTIFACT_ABSENT',
      `The files of ${label} are neither on this machine nor in the shared storage any more. ${advice()} Nothing was changed.`,
    );
  }
  throw notWhole(label, check?.problems[0] ?? manifestKey(digest), insteadOf(version, others()));
}

/**
 * Reads the files of a version that is promoted, before anything is recorded. Throws `ARTIFACT_ABSENT`, `ARTIFACT_DAMAGED`: what can't be
 * restored can't serve.
 */
export async function verifyPromoted(
  session: Session,
  { model, number, artifact: { digest, sizeBytes } }: VersionSummary,
  options: OperationOptions,
): Promise<void> {
  const [problem] = (await readHere(session, digest, sizeBytes, options)).problems;
  if (problem)
    throw notWhole(`${model}@${number}`, problem, 'See with `model-registry verify --artifacts` what else is damaged.');
}

/** With the problem, or the key of what is missing. */
function notWhole(label: string, problem: ArtifactProblem | string, advice: string): RegistryError {
  const { key, kind } = typeof problem === 'string' ? { key: problem, kind: undefined } : problem;
  const details = { details: { key } };
  // What lies there under the name would be taken for the file otherwise.
  return kind === 'OBJECT_DAMAGED' || kind === 'MANIFEST_DAMAGED'
    ? new RegistryError(
        'ARTIFACT_DAMAGED',
        `The files of ${label} aren't whole: ${key} is damaged. ${advice} To repair it, put it back from a backup, or delete it and register the same files again. Nothing was changed.`,
        details,
      )
    : new RegistryError(
        'ARTIFACT_ABSENT',
        `The files of ${label} aren't whole: ${key} is missing. ${advice} To repair it, put it back from a backup, or register the same files again. Nothing was changed.`,
        details,
      );
}

async function readHere(
  session: Session,
  digest: string,
  sizeBytes: number,
  options: OperationOptions,
): Promise<ArtifactCheck> {
  const request = { digests: [digest] };
  return sizeBytes <= SMALL_BYTES
    ? verifyArtifacts(session.store, request, options)
    : session.bytes.verify(request, options);
}

/** False only where the storage answers that it hasn't got them. */
async function hasRemote({ shared }: Session, digest: string): Promise<boolean> {
  if (!shared) return false;
  const asked = (async () => (await (await shared.remote()).head(manifestKey(digest))) !== undefined)();
  return Promise.race([asked.catch(() => true), delay(REMOTE_MS, true, { ref: false })]);
}

function adviceFor(version: VersionSummary, others: readonly VersionSummary[]): string {
  const other = restorable(version, others);
  const elsewhere = other
    ? `Roll back to version ${other.number} instead (\`model-registry rollback ${other.model} --to ${other.number}\`), or register`
    : 'Register';
  return `${elsewhere} the same files again, or put them back from a backup.`;
}

function insteadOf(version: VersionSummary, others: readonly VersionSummary[]): string {
  const other = restorable(version, others);
  return other
    ? `Roll back to version ${other.number} instead (\`model-registry rollback ${other.model} --to ${other.number}\`).`
    : 'No other version can come back.';
}

/** The first of the others whose files weren't removed. */
function restorable({ id }: VersionSummary, others: readonly VersionSummary[]): VersionSummary | undefined {
  return others.find((one) => one.id !== id && one.artifact.withdrawnAt === undefined);
}
