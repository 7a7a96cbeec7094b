import type { EventOf } from '../log/events.ts';
import type { Policy } from '../log/policy-schema.ts';
import { policyDigest } from './expectations.ts';
import { sortedBy } from './gate-rules.ts';
import { liveModel, policyOf } from './lookup.ts';
import { isSamePerson } from './people.ts';
import { type EffectivePolicy, parsePolicy, peopleIn } from './policy.ts';
import { vote } from './review-rules.ts';
import { NeedsNewer, RuleBreak } from './rule-break.ts';
import type { FactAuthor, FactSource, RegistryState } from './state.ts';

/** Policies that may be proposed for a model at a time. */
const MAX_PROPOSALS = 16;

/** Shows people another policy, so that they can approve it. Proposals end when a policy is set. */
export function proposePolicy(state: RegistryState, event: EventOf<'policy.proposed'>, source: FactSource): void {
  const model = liveModel(state, event.model);
  const policy = readPolicy(event.policy);
  const target = policyDigest(policy);
  if (!state.hasRequest(model.id, target) && state.requestCount(model.id) >= MAX_PROPOSALS)
    throw new RuleBreak('TOO_MANY', `${MAX_PROPOSALS} policies are proposed for ${model.name} already.`);
  const { comment = '', reviewers } = event;
  state.setRequest({ model: model.id, subject: model.id, target }, { comment, reviewers, policy }, source);
}

export function withdrawPolicy(state: RegistryState, event: EventOf<'policy.withdrawn'>): void {
  const subject = proposedFor(state, event);
  state.endRequests(subject, event.policy);
}

export function voteOnPolicy(
  state: RegistryState,
  event: EventOf<'policy.approved' | 'policy.refused'>,
  source: FactSource,
): void {
  const subject = proposedFor(state, event);
  vote(
    state,
    { model: subject, subject, target: event.policy },
    event.type === 'policy.approved',
    event.comment,
    source,
  );
}

/** What keeps `author` from setting the policy of this digest; undefined where nothing does. */
export function problemOfChange(
  state: RegistryState,
  model: string,
  { changes }: EffectivePolicy,
  digest: string,
  author: FactAuthor,
): string | undefined {
  if (!changes) return undefined;
  const votes = sortedBy(state.votes(model, digest), ({ person }) => person);
  const refusal = votes.find(({ isGiven }) => !isGiven);
  if (refusal) return `${refusal.person} refused it`;
  const asked = changes.by && peopleIn(changes.by);
  const given = votes.filter(({ by, person }) => (!asked || asked.has(person)) && !isSamePerson(by, author));
  if (given.length >= changes.approvals) return undefined;
  const who = changes.by ? ` by ${changes.by.join(', ')}` : '';
  return `it has ${given.length} of ${changes.approvals} approvals${who} by others than whoever sets it`;
}

/** Throws where the policy in force wants another one approved first, and it isn't. */
export function checkChange(state: RegistryState, model: string, next: Policy, source: FactSource): void {
  const problem = problemOfChange(state, model, policyOf(state, model), policyDigest(next), source.by);
  if (problem !== undefined)
    throw new RuleBreak(
      'POLICY_NOT_APPROVED',
      `The policy in force lets another take its place once it is approved: ${problem}.`,
    );
}

/** A policy of an event. Throws where it isn't one, or only a newer program can tell. */
export function readPolicy(value: unknown): Policy {
  const verdict = parsePolicy(value);
  if (verdict.kind === 'unknown') throw new NeedsNewer(verdict.needs);
  if (verdict.kind === 'malformed') throw new RuleBreak('POLICY_INVALID', `The policy ${verdict.problem}.`);
  return verdict.policy;
}

function proposedFor(state: RegistryState, event: { readonly model: string; readonly policy: string }): string {
  const model = liveModel(state, event.model);
  if (state.hasRequest(model.id, event.policy)) return model.id;
  throw new RuleBreak(
    'PROPOSAL_UNKNOWN',
    `No policy with the digest ${event.policy.slice(0, 12)} is proposed for ${model.name}.`,
  );
}
