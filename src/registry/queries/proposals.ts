import * as v from 'valibot';
import { openRequests, type RequestRow, votesOn } from '../../catalog/gate-queries.ts';
import { policySchema } from '../../log/policy-schema.ts';
import { policyOf } from '../../rules/lookup.ts';
import { isSamePerson, personOf } from '../../rules/people.ts';
import { peopleIn } from '../../rules/policy.ts';
import { problemOfChange } from '../../rules/proposal-rules.ts';
import type { FactAuthor } from '../../rules/state.ts';
import type { PolicyProposal } from '../api/policies.ts';
import { ownAuthor } from '../own-author.ts';
import { policyDifference } from '../policy-lines.ts';
import { findModel } from '../references.ts';
import { dbOf, readToHead, type Session, stateOf } from '../session.ts';
import { isNamed } from './reviews.ts';

const MAX_SHOWN = 200;

/** The policies that are proposed, the newest first. */
export async function policyProposals(
  session: Session,
  request: { readonly model?: string; readonly isWanted?: boolean } = {},
): Promise<readonly PolicyProposal[]> {
  await readToHead(session);
  const model = request.model === undefined ? undefined : findModel(session, request.model).id;
  const proposals = await Promise.all(
    openRequests(dbOf(session), 'policy', { model }, MAX_SHOWN).map(async (row) =>
      proposalOf(session, row, await ownAuthor(session, row.model)),
    ),
  );
  return proposals.filter((proposal) => !request.isWanted || proposal.isWanted);
}

function proposalOf(session: Session, row: RequestRow, me: FactAuthor): PolicyProposal {
  const state = stateOf(session);
  const { model: modelId, target: digest, by, at, askedAt, comment, reviewers, pending } = row;
  const { changes } = policyOf(state, modelId);
  const policy = v.parse(policySchema, JSON.parse(row.policy ?? '{}'));
  const asked = changes?.by && peopleIn(changes.by);
  const votes = votesOn(dbOf(session), modelId, digest).map((vote) => ({
    ...vote,
    isCounted: !asked || !vote.isGiven || asked.has(vote.person),
  }));
  const problem = problemOfChange(state, modelId, policyOf(state, modelId), digest, me);
  const isOwn = isSamePerson(by, me);
  const isAnswered = votes.some((vote) => vote.person === personOf(me));
  const mayCount = changes !== undefined && (!asked || asked.has(personOf(me)));
  return {
    model: state.model(modelId)?.name ?? modelId,
    digest,
    policy,
    ...policyDifference(state.policy(modelId), policy),
    by,
    at,
    askedAt,
    comment,
    reviewers,
    pending,
    votes,
    needed: changes?.approvals ?? 0,
    ...(problem === undefined ? {} : { problem }),
    isOwn,
    isWanted: !isAnswered && !isOwn && (reviewers.length > 0 ? isNamed(reviewers, me) : mayCount),
  };
}
