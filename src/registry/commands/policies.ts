import { RegistryError } from '../../base/errors.ts';
import type { RefusedOutcome } from '../../intents/submitting.ts';
import type { Policy } from '../../log/policy-schema.ts';
import { policyDigest } from '../../rules/expectations.ts';
import { effectivePolicy } from '../../rules/policy.ts';
import { problemOfChange } from '../../rules/proposal-rules.ts';
import type { PolicyChange, PolicyDetails, PolicyPlan } from '../api/policies.ts';
import { checkedPolicy } from '../checked-policy.ts';
import { ownAuthor } from '../own-author.ts';
import { policyDifference, policyLines } from '../policy-lines.ts';
import { findModel } from '../references.ts';
import { readToHead, readToWrite, record, refusedBy, type Session, stateOf } from '../session.ts';

export async function policy(session: Session, request: { readonly model: string }): Promise<PolicyDetails> {
  await readToHead(session);
  const { id, name } = findModel(session, request.model);
  return detailsOf(name, stateOf(session).policy(id));
}

export async function planPolicy(
  session: Session,
  request: { readonly model: string; readonly policy: unknown },
): Promise<PolicyPlan> {
  await readToHead(session);
  const { id, name } = findModel(session, request.model);
  return planOf(session, { id, name }, checkedPolicy(request.policy));
}

/** Replaces the whole policy. */
export async function setPolicy(
  session: Session,
  request: { readonly model: string; readonly policy: unknown; readonly expectDigest?: string | null },
): Promise<PolicyChange> {
  const next = checkedPolicy(request.policy);
  await readToWrite(session);
  const { id, name } = findModel(session, request.model);
  const plan = await planOf(session, { id, name }, next);
  const { seq, at, pending } = await record(
    session,
    {
      expects: { policies: { [id]: request.expectDigest === undefined ? plan.digest : request.expectDigest } },
      events: [{ type: 'policy.set', model: id, policy: next }],
    },
    (outcome) => refusal(outcome, name),
  );
  return { ...plan, seq, at, pending };
}

function refusal(outcome: RefusedOutcome, model: string): RegistryError {
  if (outcome.kind !== 'void' || outcome.code !== 'POLICY_NOT_APPROVED') return refusedBy(outcome);
  return new RegistryError(
    outcome.code,
    `${outcome.message} \`model-registry policy propose ${model} FILE\` asks for that. Nothing was changed.`,
  );
}

function detailsOf(model: string, present: Policy | undefined): PolicyDetails {
  const lines = policyLines(present);
  return present ? { model, policy: present, digest: policyDigest(present), lines } : { model, digest: null, lines };
}

/** With what keeps this person from setting it, where something does. */
async function planOf(
  session: Session,
  { id, name }: { readonly id: string; readonly name: string },
  next: Policy,
): Promise<PolicyPlan> {
  const state = stateOf(session);
  const present = state.policy(id);
  const nextDigest = policyDigest(next);
  const me = await ownAuthor(session, id);
  const problem = problemOfChange(state, id, effectivePolicy(present), nextDigest, me);
  return {
    model: name,
    digest: present ? policyDigest(present) : null,
    nextDigest,
    policy: next,
    ...policyDifference(present, next),
    ...(problem === undefined ? {} : { problem }),
  };
}
