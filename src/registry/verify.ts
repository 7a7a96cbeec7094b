import type { ArtifactCheck } from '../artifacts/verify-objects.ts';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { countRestorable, labelsOfArtifact, neededArtifacts, voidsOf } from '../catalog/log-queries.ts';
import { labelsOfAttached, namedObjects } from '../catalog/space-queries.ts';
import { commitKey, FORMAT_KEY, objectKey } from '../storage/layout.ts';
import type { LogHead } from './api/log.ts';
import type { VerifyProblem, VerifyReport } from './api/verifying.ts';
import { emptiedProblems } from './emptied-commits.ts';
import { dbOf, type Session } from './session.ts';
import { artifactsHere } from './space/plan.ts';
import { verifyChain } from './verify-chain.ts';

const MAX_LABELS = 20;
/** Times that missing files are looked for while the log goes on. */
const MAX_LOOKS = 5;

/** Checks the chain and, with `artifacts`, everything that versions need. Reports damage; changes nothing. */
export async function verify(
  session: Session,
  request: { readonly artifacts?: boolean; readonly pinned?: LogHead } = {},
  options: OperationOptions = {},
): Promise<VerifyReport> {
  await catchUpAsFarAsReadable(session);
  const chain = await verifyChain(session, options, request.pinned);
  const problems: VerifyProblem[] = [...chain.problems, ...(await remoteProblems(session))];
  let counts: Pick<VerifyReport, 'manifests' | 'objects' | 'bytes' | 'restorable'> = {
    manifests: 0,
    objects: 0,
    bytes: 0,
  };
  if (request.artifacts) {
    const checked = await checkArtifacts(session, options);
    const db = dbOf(session);
    const ofArtifacts = checked.problems.filter(({ isAttached }) => !isAttached);
    const restorable = countRestorable(db, [...new Set(ofArtifacts.map(({ digest }) => digest))]);
    counts = { manifests: checked.manifests, objects: checked.objects, bytes: checked.bytes, restorable };
    for (const { kind, key, message, digest, isAttached } of checked.problems) {
      const versions = (isAttached ? labelsOfAttached : labelsOfArtifact)(db, digest, MAX_LABELS);
      const known = problems.findIndex((problem) => problem.key === key);
      const before = problems[known];
      if (before) problems[known] = { ...before, versions: [...new Set([...before.versions, ...versions])] };
      else problems.push({ code: kind, key, message, versions });
    }
  }
  const { seq, hash } = session.catalog.position;
  const voids = voidsOf(dbOf(session));
  const whole = voids.flatMap((one) => (one.id === undefined ? [one.seq] : []));
  for (const emptied of await emptiedProblems(session, whole))
    if (!problems.some(({ key }) => key === emptied.key)) problems.push(emptied);
  return { commits: chain.commits, ...counts, head: { seq, hash }, problems, voids };
}

/** What can't be read is found, and named, by reading the log commit by commit. */
async function catchUpAsFarAsReadable({ catalog }: Session): Promise<void> {
  try {
    await catalog.catchUp();
  } catch (error) {
    if (!RegistryError.is(error, 'STORAGE_FAILED')) throw error;
  }
}

/** What was removed to free space while it was looked for, as the log says, isn't missing. It may be back by now, so it is looked for again. */
async function checkArtifacts(session: Session, options: OperationOptions): Promise<ArtifactCheck> {
  let { seq } = session.catalog.position;
  let checked = await session.bytes.verify(await expected(session), options);
  for (let looks = 1; looks < MAX_LOOKS && checked.problems.length > 0; looks += 1) {
    await session.catalog.catchUp();
    if (session.catalog.position.seq === seq) break;
    seq = session.catalog.position.seq;
    const needed = await expected(session);
    const suspected = new Set(checked.problems.map(({ digest }) => digest));
    const { problems } = await session.bytes.verify(
      {
        digests: needed.digests.filter((digest) => suspected.has(digest)),
        objects: needed.objects.filter((digest) => suspected.has(digest)),
      },
      options,
    );
    checked = { ...checked, problems };
  }
  return checked;
}

/** The artifacts, and the objects named beside them, that have to be whole here. Of a shared registry this disk holds what it was asked for. */
async function expected(
  session: Session,
): Promise<{ readonly digests: readonly string[]; readonly objects: readonly string[] }> {
  const digests = neededArtifacts(dbOf(session));
  const objects = [...namedObjects(dbOf(session)).keys()];
  if (!session.shared) return { digests, objects };
  const here = await artifactsHere(session.store);
  const heads = await Promise.all(objects.map((digest) => session.store.head(objectKey(digest))));
  return { digests: digests.filter((digest) => here.has(digest)), objects: objects.filter((_, index) => heads[index]) };
}

/** A remote that can't be reached has no problem that could be told. */
async function remoteProblems({ shared, catalog }: Session): Promise<readonly VerifyProblem[]> {
  if (!shared || shared.attachment.isDetached) return [];
  try {
    await shared.authority.checkRemote();
    return [];
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    const { seq } = catalog.position;
    const key = seq === 0 ? FORMAT_KEY : commitKey(seq);
    return error.code === 'REMOTE_REWRITTEN' ? [{ code: error.code, key, versions: [], message: error.message }] : [];
  }
}
