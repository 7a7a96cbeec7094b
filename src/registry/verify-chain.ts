import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { appliedHash, labelsOfCommit } from '../catalog/log-queries.ts';
import { claimedPrev, decodeCommit, hashOfCommit } from '../log/commit.ts';
import { commitAboveGap, readCommit, readCommits, readFormat } from '../log/log-reader.ts';
import { breakKey, commitKey, FORMAT_KEY } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { LogHead } from './api/log.ts';
import type { VerifyProblem } from './api/verifying.ts';
import { knownBreaks } from './chain-breaks.ts';
import { dbOf, type Session } from './session.ts';
import { namedAsCommits, straysAmong } from './stray-in-log.ts';

const MAX_LABELS = 20;
const COMMITS_AT_ONCE = 256;
/** Of a disk that reads nothing any more, these are told. */
const MAX_UNREADABLE = 100;
/** Of commits that are missing here and there, the check goes on behind so many. */
const MAX_GAPS = 100;

interface Link {
  readonly seq: number;
  /** Undefined where what stands there can't be read. */
  readonly hash: string | undefined;
  readonly failure?: RegistryError;
  /** The hash that this commit says its predecessor has. */
  readonly claims: string | undefined;
}

/**
 * Reads every commit and compares its hash with what else is known of it: the hash that its successor names, the one that the saved
 * catalog applied, and the newest one seen by this user. In a run of commits that contradict their successors, only the last is
 * surely changed: the others are accused by a successor that is itself damaged.
 */
export async function verifyChain(
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
  const standing = await namedAsCommits(session);
  await readOn(store, links, 1, options);
  const known = Math.max(seen?.seq ?? 0, catalog.position.seq);
  while (links.length - 1 > known && links.at(-1)?.failure) links.pop();
  const head = links.length - 1;
  const isGap = await readBehindGaps(store, links, options);
  const expected = (seq: number): string | undefined => {
    if (seen?.seq === seq) return seen.hash;
    return seq === 0 ? undefined : appliedHashBeforeDamage(session, seq);
  };
  const breaks = await knownBreaks(session);
  for (const [index, link] of links.entries()) {
    if (link.failure) {
      problems.push(unreadableProblem(session, link.seq, link.failure));
      continue;
    }
    const successor = after(links, index, 1);
    const known = expected(link.seq);
    const isAccused =
      successor?.claims !== undefined &&
      successor.claims !== link.hash &&
      !breaks.has(breakKey(successor.seq, link.hash ?? '', successor.hash ?? ''));
    const isChanged =
      known === undefined ? isAccused && !isSuccessorDamaged(links, index, expected) : known !== link.hash;
    if (!isChanged) continue;
    problems.push(await changedProblem(session, link, after(links, index, -1)));
  }
  const atPin = pinned && links.find(({ seq }) => seq === pinned.seq);
  if (pinned && atPin?.hash !== pinned.hash) {
    const what = atPin ? 'another one' : 'missing';
    problems.push({
      code: 'HEAD_NOT_PINNED',
      key: commitKey(pinned.seq),
      versions: [],
      message: `The project's model-registry.yaml pins commit ${pinned.seq}, which is ${what} here. Ask whoever pinned it, and whoever manages the storage, which of the two is right.`,
    });
  }
  const lastKnown = Math.max(seen?.seq ?? 0, catalog.changedCommit ?? 0, links.at(-1)?.seq ?? 0);
  for (let seq = head + 1; seq <= lastKnown; seq += 1) {
    if (await readCommit(store, seq)) continue;
    problems.push({
      code: 'COMMIT_MISSING',
      key: commitKey(seq),
      versions: [],
      message: `Commit ${seq} is missing from ${session.location.dir}. Put it back from a backup or a colleague's copy.`,
    });
    if (seq > head + 100) break;
  }
  problems.push(...(await straysAmong(session, standing, { head: links.at(-1)?.seq ?? 0, isGap })));
  return { commits: links.length - 1, problems };
}

/** Adds what stands under the numbers from `seq` on, as far as something does. */
async function readOn(store: ObjectStore, links: Link[], seq: number, options: OperationOptions): Promise<void> {
  for (let next = seq; ; ) {
    if (options.signal?.aborted) throw new RegistryError('OPERATION_CANCELLED', 'The check was cancelled.');
    const commits = await readAsFarAsPossible(store, next, COMMITS_AT_ONCE);
    for (const found of commits) {
      links.push(linkOf(next, found));
      next += 1;
    }
    if (links.filter(({ failure }) => failure).length > MAX_UNREADABLE) return;
    options.onProgress?.({ step: `Checking commit ${next - 1}`, doneBytes: 0 });
    if (commits.length < COMMITS_AT_ONCE) return;
  }
}

/** Adds the commits that stand behind missing ones. True where any is missing. */
async function readBehindGaps(store: ObjectStore, links: Link[], options: OperationOptions): Promise<boolean> {
  for (let gaps = 0; ; gaps += 1) {
    const last = links.at(-1)?.seq ?? 0;
    const above = await commitAboveGap(store, last);
    // Commits are made in order: where there is one above, the next one is there by now, or it is missing.
    const isGap = above !== undefined && (await readCommit(store, last + 1)) === undefined;
    if (!isGap || gaps === MAX_GAPS) return gaps > 0 || isGap;
    let next = last + 2;
    // What stands before it may be a commit that fell apart.
    while (next < above && (await readOrFailure(store, next)) === undefined) next += 1;
    await readOn(store, links, next, options);
  }
}

/** The link so many commits after, or before, one; undefined where that commit is missing. */
function after(links: readonly Link[], index: number, count: number): Link | undefined {
  const found = links[index + count];
  return found?.seq === (links[index]?.seq ?? 0) + count ? found : undefined;
}

/** What stands under the numbers from `seq` on, as far as something does; errors for what can't be read. */
async function readAsFarAsPossible(
  store: ObjectStore,
  seq: number,
  limit: number,
): Promise<readonly (Uint8Array | RegistryError)[]> {
  try {
    return await readCommits(store, seq, limit);
  } catch (error) {
    if (!RegistryError.is(error, 'STORAGE_FAILED')) throw error;
  }
  const found: (Uint8Array | RegistryError)[] = [];
  while (found.length < limit) {
    const one = await readOrFailure(store, seq + found.length);
    if (one === undefined) break;
    found.push(one);
  }
  return found;
}

async function readOrFailure(store: ObjectStore, seq: number): Promise<Uint8Array | RegistryError | undefined> {
  try {
    return await readCommit(store, seq);
  } catch (error) {
    if (RegistryError.is(error, 'STORAGE_FAILED')) return error;
    throw error;
  }
}

function linkOf(seq: number, found: Uint8Array | RegistryError): Link {
  if (RegistryError.is(found)) return { seq, hash: undefined, claims: undefined, failure: found };
  return { seq, hash: hashOfCommit(found), claims: claimedPrev(found) };
}

function unreadableProblem(session: Session, seq: number, failure: RegistryError): VerifyProblem {
  return {
    code: 'COMMIT_UNREADABLE',
    key: commitKey(seq),
    versions: labelsOfCommit(dbOf(session), seq, MAX_LABELS),
    message: `Commit ${seq} can't be read. ${failure.message} Where something else stands in its place, put the commit back from a backup or a colleague's copy.`,
  };
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
  const decoded = bytes && decodeCommit(bytes, { seq: seq - 1, hash: before?.hash ?? link.claims ?? '' });
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
  const next = after(links, index, 1);
  const afterNext = after(links, index, 2);
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
