import type { ArtifactCheck } from '../artifacts/verify-objects.ts';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import {
  appliedHash,
  countRestorable,
  labelsOfArtifact,
  labelsOfCommit,
  neededArtifacts,
  voidsOf,
} from '../catalog/log-queries.ts';
import { labelsOfAttached, namedObjects } from '../catalog/space-queries.ts';
import { claimedPrev, decodeCommit, hashOfCommit } from '../log/commit.ts';
import { commitAboveGap, readCommit, readCommits, readFormat } from '../log/log-reader.ts';
import { breakKey, commitKey, FORMAT_KEY, objectKey } from '../storage/layout.ts';
import type { LogHead, VerifyProblem, VerifyReport } from './api.ts';
import { knownBreaks } from './chain-breaks.ts';
import { dbOf, type Session } from './session.ts';
import { artifactsHere } from './space/plan.ts';

const MAX_LABELS = 20;
const COMMITS_AT_ONCE = 256;
/** Times that missing files are looked for while the log goes on. */
const MAX_LOOKS = 5;

/** Checks the chain and, with `artifacts`, everything that versions need. Reports damage; changes nothing. */
export async function verify(
  session: Session,
  request: { readonly artifacts?: boolean; readonly pinned?: LogHead } = {},
  options: OperationOptions = {},
): Promise<VerifyReport> {
  await session.catalog.catchUp();
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
  return { commits: chain.commits, ...counts, head: { seq, hash }, problems, voids: voidsOf(dbOf(session)) };
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

interface Link {
  readonly seq: number;
  readonly hash: string;
  /** The hash that this commit says its predecessor has. */
  readonly claims: string | undefined;
}

/**
 * Reads every commit and compares its hash with what else is known of it: the hash that its successor names, the one that the saved
 * catalog applied, and the newest one seen by this user. In a run of commits that contradict their successors, only the last is
 * surely changed: the others are accused by a successor that is itself damaged.
 */
async function verifyChain(
  session: Session,
  options: OperationOptions,
  pinned: LogHead | undefined,
): Promise<{ readonly commits: number; readonly problems: readonly VerifyProblem[] }> {
  const { store, catalog } = session;
  const problems: VerifyProblem[] = [];
  const links: Link[] = [];
  const format = await formatHash(session);
  if (typeof format !== 'string') return { commits: 0, problems: [format] };
  links.push({ seq: 0, hash: format, claims: undefined });
  // Before the log is read: others may be writing, and what they add meanwhile is no part of this check.
  const seen = await session.seenHead.read();
  for (;;) {
    if (options.signal?.aborted) throw new RegistryError('OPERATION_CANCELLED', 'The check was cancelled.');
    const commits = await readCommits(store, links.length, COMMITS_AT_ONCE);
    for (const bytes of commits)
      links.push({ seq: links.length, hash: hashOfCommit(bytes), claims: claimedPrev(bytes) });
    options.onProgress?.({ step: `Checking commit ${links.length - 1}`, doneBytes: 0 });
    if (commits.length < COMMITS_AT_ONCE) break;
  }
  const head = links.length - 1;
  const expected = (seq: number): string | undefined => {
    if (seen?.seq === seq) return seen.hash;
    return seq === 0 ? undefined : appliedHashBeforeDamage(session, seq);
  };
  const breaks = await knownBreaks(session);
  for (const [index, link] of links.entries()) {
    const successor = links[index + 1];
    const known = expected(link.seq);
    const isAccused =
      successor?.claims !== undefined &&
      successor.claims !== link.hash &&
      !breaks.has(breakKey(successor.seq, link.hash, successor.hash));
    const isChanged =
      known === undefined ? isAccused && !isSuccessorDamaged(links, index, expected) : known !== link.hash;
    if (!isChanged) continue;
    problems.push(await changedProblem(session, link, links[index - 1]));
  }
  if (pinned && links[pinned.seq]?.hash !== pinned.hash) {
    const what = links[pinned.seq] ? 'another one' : 'missing';
    problems.push({
      code: 'HEAD_NOT_PINNED',
      key: commitKey(pinned.seq),
      versions: [],
      message: `The project's model-registry.yaml pins commit ${pinned.seq}, which is ${what} here. Ask whoever pinned it, and whoever manages the storage, which of the two is right.`,
    });
  }
  const lastKnown = Math.max(seen?.seq ?? 0, catalog.changedCommit ?? 0);
  const above = await commitAboveGap(store, head);
  // Commits are made in order: where there is one above, the next one is there by now, or it is missing.
  const isGap = above !== undefined && (await readCommit(store, head + 1)) === undefined;
  for (let seq = head + 1; seq <= Math.max(lastKnown, isGap ? head + 1 : 0); seq += 1) {
    if (await readCommit(store, seq)) continue;
    problems.push({
      code: 'COMMIT_MISSING',
      key: commitKey(seq),
      versions: [],
      message: `Commit ${seq} is missing from ${session.location.dir}. Put it back from a backup or a colleague's copy.`,
    });
    if (seq > head + 100) break;
  }
  return { commits: head, problems };
}

/** Damage seldom leaves a commit that can be read. That one can doesn't prove that somebody wrote it, but it can't be told apart. */
async function changedProblem(session: Session, link: Link, before: Link | undefined): Promise<VerifyProblem> {
  const { seq } = link;
  if (seq === 0) {
    return {
      code: 'FORMAT_DAMAGED',
      key: FORMAT_KEY,
      versions: [],
      message: `${FORMAT_KEY} isn't what it was when commit 1 was written. Put it back from a backup.`,
    };
  }
  const bytes = await readCommit(session.store, seq);
  const decoded = bytes && decodeCommit(bytes, { seq: seq - 1, hash: before?.hash ?? '' });
  const isReadable = decoded?.kind === 'commit' && decoded.intents.every((intent) => intent.kind === 'intent');
  const how = isReadable
    ? 'What stands there now is well formed, so that it may have been rewritten on purpose'
    : "What stands there now can't be read, as after damage to the disk or a broken copy";
  return {
    code: isReadable ? 'COMMIT_REWRITTEN' : 'COMMIT_DAMAGED',
    key: commitKey(seq),
    versions: labelsOfCommit(dbOf(session), seq, MAX_LABELS),
    message: `Commit ${seq} in ${session.location.dir} isn't what it was when it was written. ${how}. Put the file back from a backup or a colleague's copy.`,
  };
}

function isSuccessorDamaged(
  links: readonly Link[],
  index: number,
  expected: (seq: number) => string | undefined,
): boolean {
  const next = links[index + 1];
  const afterNext = links[index + 2];
  if (!next) return false;
  const known = expected(next.seq);
  if (known !== undefined) return known !== next.hash;
  return afterNext?.claims !== undefined && afterNext.claims !== next.hash;
}

/** What the catalog applied, which is evidence only as far as it was saved before this process read the log. */
function appliedHashBeforeDamage(session: Session, seq: number): string | undefined {
  return seq <= session.catalog.savedSeq ? appliedHash(dbOf(session), seq) : undefined;
}

async function formatHash(session: Session): Promise<string | VerifyProblem> {
  try {
    return (await readFormat(session.store, session.location.dir)).hash;
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    return { code: 'FORMAT_DAMAGED', key: FORMAT_KEY, versions: [], message: error.message };
  }
}
