import { policyProblemText } from '../../base/approvals-text.ts';
import {
  newestGateResults,
  openRequests,
  type RequestRow,
  requestOn,
  reviewedStages,
  votesOn,
} from '../../catalog/gate-queries.ts';
import type { ReviewVote, Seen, VersionReview } from '../../catalog/read-models/reviews.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { versionById } from '../../catalog/version-queries.ts';
import { brokenGates, isApprovalMissing, isVoteOfPolicy } from '../../rules/gate-rules.ts';
import { policyOf } from '../../rules/lookup.ts';
import { isSamePerson, personOf } from '../../rules/people.ts';
import { type EffectivePolicy, peopleIn, stageOf } from '../../rules/policy.ts';
import { otherHolder } from '../../rules/review-rules.ts';
import { nameOfPerson } from '../../rules/signers.ts';
import type { FactAuthor } from '../../rules/state.ts';
import type { ReviewEntry } from '../api/reviews.ts';
import { ownAuthor } from '../own-author.ts';
import { findModel, findVersion } from '../references.ts';
import { dbOf, readToHead, type Session, stateOf } from '../session.ts';

/** Requests that are answered at once, the newest first. */
const MAX_SHOWN = 500;

/** The promotions that people ask for, the newest first. */
export async function reviews(
  session: Session,
  request: {
    readonly model?: string;
    readonly ref?: string;
    readonly stage?: string;
    readonly isWanted?: boolean;
  } = {},
): Promise<readonly ReviewEntry[]> {
  await readToHead(session);
  const model = request.model === undefined ? undefined : findModel(session, request.model).id;
  const subject = request.ref === undefined ? undefined : findVersion(session, request.ref).id;
  const rows = openRequests(dbOf(session), 'promotion', { model, subject, target: request.stage }, MAX_SHOWN);
  const people = new Map<string, FactAuthor>();
  const entries: ReviewEntry[] = [];
  for (const row of rows) {
    const me = people.get(row.model) ?? (await ownAuthor(session, row.model));
    people.set(row.model, me);
    const entry = entryOf(session, row, me);
    if (entry && (!request.isWanted || entry.isWanted)) entries.push(entry);
  }
  return entries;
}

/** Undefined where the policy has no such stage any more. */
function entryOf(session: Session, row: RequestRow, me: FactAuthor): ReviewEntry | undefined {
  const [state, db] = [stateOf(session), dbOf(session)];
  const version = versionById(db, row.subject);
  const record = state.version(row.subject);
  const policy = policyOf(state, row.model);
  const stage = row.target;
  if (!version || !record || !stageOf(policy, stage)) return undefined;
  const other = otherHolder(state, record, stage);
  const holder = other && versionById(db, other.id);
  const approvals = votesOfStage(session, version, stage, policy);
  const needed = Math.max(0, ...(policy.gates[stage] ?? []).map((gate) => ('approvals' in gate ? gate.approvals : 0)));
  const given = approvals.filter(({ isGiven, isCounted, isAuthor, lapsed }) => {
    return isGiven && isCounted && !isAuthor && lapsed === undefined;
  }).length;
  const context = { state, version: record, stage, policy };
  const problems = brokenGates(context);
  const isRefused = approvals.some(({ isGiven, isCounted }) => !isGiven && isCounted);
  const { by, at, askedAt, comment, reviewers, pending } = row;
  const isAuthor = isSamePerson(version.createdBy, me);
  const isOwn = isSamePerson(by, me);
  const own = approvals.find((vote) => vote.person === personOf(me));
  const isAnswered = own !== undefined && own.lapsed === undefined;
  // A refusal counts whoever’s approval is missing.
  const isAsked = isNamed(reviewers, me) && isVoteOfPolicy({ by: me, person: personOf(me) }, policy);
  const isOpenToAll = reviewers.length === 0 && !isOwn && isApprovalMissing(context, me);
  return {
    version,
    stage,
    by,
    at,
    askedAt,
    comment,
    reviewers,
    pending,
    ...(holder ? { holder } : {}),
    approvals,
    needed,
    given,
    problems: problems.map(policyProblemText),
    state: isRefused ? 'refused' : problems.length === 0 ? 'ready' : 'waiting',
    isOwn,
    isAuthor,
    isWanted: !isAuthor && !isAnswered && (isAsked || isOpenToAll),
  };
}

/** Whether somebody is among those who are asked. */
export function isNamed(reviewers: readonly string[], me: FactAuthor): boolean {
  const people = peopleIn(reviewers);
  return [personOf(me), me.email, me.name].some((name) => name !== '' && people.has(nameOfPerson(name)));
}

/** What was asked for, and said, of a version, by stage. */
export function reviewsOf(session: Session, version: VersionSummary): readonly VersionReview[] {
  const policy = policyOf(stateOf(session), version.modelId);
  return reviewedStages(dbOf(session), version.id).map((stage) => {
    const request = requestOn(dbOf(session), version.id, stage);
    return { stage, ...(request ? { request } : {}), approvals: votesOfStage(session, version, stage, policy) };
  });
}

/** What people said of a version on its way to a stage, with what it counts for. */
export function votesOfStage(
  session: Session,
  version: VersionSummary,
  stage: string,
  policy: EffectivePolicy,
): readonly ReviewVote[] {
  return votesOn(dbOf(session), version.id, stage).map((vote) => ({
    ...vote,
    isCounted: isVoteOfPolicy(vote, policy),
    isAuthor: isSamePerson(vote.by, version.createdBy),
  }));
}

/** What there is to see of a version on its way to a stage now: what an approval is bound to. */
export function seenNow(session: Session, version: VersionSummary, stage: string): Seen {
  const state = stateOf(session);
  const record = state.version(version.id);
  return {
    artifact: version.artifact.digest,
    holder: (record && otherHolder(state, record, stage)?.id) ?? null,
    gates: newestGateResults(dbOf(session), version.id, stage).map(({ gate, outcome }) => ({ gate, outcome })),
  };
}
