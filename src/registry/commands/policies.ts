import { RegistryError } from '../../base/errors.ts';
import type { Policy } from '../../log/policy-schema.ts';
import { policyDigest } from '../../rules/expectations.ts';
import { parsePolicy } from '../../rules/policy.ts';
import type { PolicyChange, PolicyDetails, PolicyPlan } from '../api.ts';
import { policyLines } from '../policy-lines.ts';
import { problemsOfPolicy } from '../policy-problems.ts';
import { findModel } from '../references.ts';
import { readToHead, readToWrite, record, type Session, stateOf } from '../session.ts';

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
  return planOf(name, stateOf(session).policy(id), checkedPolicy(request.policy));
}

/** Replaces the whole policy. */
export async function setPolicy(
  session: Session,
  request: { readonly model: string; readonly policy: unknown; readonly expectDigest?: string | null },
): Promise<PolicyChange> {
  const next = checkedPolicy(request.policy);
  await readToWrite(session);
  const { id, name } = findModel(session, request.model);
  const present = stateOf(session).policy(id);
  const plan = planOf(name, present, next);
  const { seq, at, pending } = await record(session, {
    expects: { policies: { [id]: request.expectDigest === undefined ? plan.digest : request.expectDigest } },
    events: [{ type: 'policy.set', model: id, policy: next }],
  });
  return { ...plan, seq, at, pending };
}

function detailsOf(model: string, present: Policy | undefined): PolicyDetails {
  const lines = policyLines(present);
  return present ? { model, policy: present, digest: policyDigest(present), lines } : { model, digest: null, lines };
}

function planOf(model: string, present: Policy | undefined, next: Policy): PolicyPlan {
  const [before, after] = [policyLines(present), policyLines(next)];
  return {
    model,
    digest: present ? policyDigest(present) : null,
    nextDigest: policyDigest(next),
    removed: before.filter((line) => !after.includes(line)),
    added: after.filter((line) => !before.includes(line)),
    kept: after.filter((line) => before.includes(line)),
  };
}

/** Throws `POLICY_INVALID`, which names what is wrong, for anything that this program wouldn't accept from the log. */
function checkedPolicy(value: unknown): Policy {
  const problems = problemsOfPolicy(value);
  if (problems !== undefined) throw invalid(`can't be used: ${problems}`);
  const verdict = parsePolicy(value);
  if (verdict.kind === 'policy') return verdict.policy;
  throw invalid(
    verdict.kind === 'malformed'
      ? verdict.problem
      : `needs ${verdict.needs.join(', ')}, which this version of Model Registry doesn't know`,
  );
}

function invalid(problem: string): RegistryError {
  return new RegistryError('POLICY_INVALID', `The policy ${problem.replace(/[.?]$/, '')}. Nothing was changed.`);
}
