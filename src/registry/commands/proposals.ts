import { RegistryError } from '../../base/errors.ts';
import { openRequests, type RequestRow } from '../../catalog/gate-queries.ts';
import { policyDigest } from '../../rules/expectations.ts';
import type { PolicyReviewResult, ProposalResult } from '../api/policies.ts';
import { checkedPolicy } from '../checked-policy.ts';
import { policyDifference } from '../policy-lines.ts';
import { findModel } from '../references.ts';
import { dbOf, readToWrite, record, type Session, stateOf } from '../session.ts';
import { textOf } from '../text.ts';

/** Shows people another policy, so that they can approve it. The same once more replaces comment and reviewers. */
export async function proposePolicy(
  session: Session,
  request: {
    readonly model: string;
    readonly policy: unknown;
    readonly comment?: string;
    readonly reviewers?: readonly string[];
  },
): Promise<ProposalResult> {
  const policy = checkedPolicy(request.policy);
  await readToWrite(session);
  const { id, name } = findModel(session, request.model);
  const present = stateOf(session).policy(id);
  const digest = policyDigest(policy);
  if (present && policyDigest(present) === digest)
    throw new RegistryError('POLICY_UNCHANGED', `The policy of ${name} is this already. Nothing was changed.`);
  const reviewers = [...new Set((request.reviewers ?? []).map((reviewer) => textOf(reviewer, 'reviewer')))];
  const comment = request.comment?.trim() ?? '';
  const { pending } = await record(session, {
    events: [{ type: 'policy.proposed', model: id, policy, reviewers, ...(comment === '' ? {} : { comment }) }],
  });
  return { model: name, digest, ...policyDifference(present, policy), reviewers, pending };
}

/** Approves a proposed policy, or refuses it. `digest` may be cut short, and left out where one is proposed only. */
export async function reviewPolicy(
  session: Session,
  request: { readonly model: string; readonly digest?: string; readonly isGiven: boolean; readonly comment?: string },
): Promise<PolicyReviewResult> {
  const comment = request.isGiven ? request.comment?.trim() || undefined : textOf(request.comment ?? '', 'comment');
  await readToWrite(session);
  const { id, name } = findModel(session, request.model);
  const digest = findProposal(session, id, name, request.digest).target;
  const about = { model: id, policy: digest };
  const { pending } = await record(session, {
    events: [
      request.isGiven
        ? { type: 'policy.approved', ...about, ...(comment === undefined ? {} : { comment }) }
        : { type: 'policy.refused', ...about, comment: comment ?? '' },
    ],
  });
  return { model: name, digest, isGiven: request.isGiven, pending };
}

/** Takes a proposal back. */
export async function withdrawPolicy(
  session: Session,
  request: { readonly model: string; readonly digest?: string; readonly comment?: string },
): Promise<{ readonly model: string; readonly digest: string; readonly pending: boolean }> {
  await readToWrite(session);
  const { id, name } = findModel(session, request.model);
  const digest = findProposal(session, id, name, request.digest).target;
  const comment = request.comment?.trim() ?? '';
  const { pending } = await record(session, {
    events: [{ type: 'policy.withdrawn', model: id, policy: digest, ...(comment === '' ? {} : { comment }) }],
  });
  return { model: name, digest, pending };
}

function findProposal(session: Session, model: string, name: string, digest: string | undefined): RequestRow {
  const open = openRequests(dbOf(session), 'policy', { model }, 100);
  const found = digest === undefined ? open : open.filter(({ target }) => target.startsWith(digest.toLowerCase()));
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const what = digest === undefined ? 'policy' : `policy with the digest ${digest}`;
  const which = open.map(({ target }) => target.slice(0, 12)).join(', ');
  const advice =
    open.length === 0
      ? `\`model-registry policy propose ${name} FILE\` proposes one.`
      : `Name one by its digest: ${which}.`;
  throw new RegistryError(
    'PROPOSAL_NOT_FOUND',
    `${only ? `Several policies are proposed for ${name}` : `No ${what} is proposed for ${name}`}. ${advice} Nothing was changed.`,
  );
}
