import type { Policy, SignatureDemand } from '../log/policy-schema.ts';
import { parsePublicKey } from '../log/ssh/public-key.ts';

/** Whose signatures count for a model, and for what they are asked. */
export interface Signers {
  readonly personOfKey: ReadonlyMap<string, string>;
  readonly demands: ReadonlySet<SignatureDemand>;
}

/** By policy: the rules ask again for each event. */
const known = new WeakMap<Policy, Signers>();

/** Undefined where the policy names nobody. */
export function signersOf(policy: Policy | undefined): Signers | undefined {
  if (!policy?.signers || policy.signers.length === 0) return undefined;
  let signers = known.get(policy);
  if (!signers) {
    const personOfKey = new Map(policy.signers.map(({ person, key }) => [key, person]));
    signers = { personOfKey, demands: new Set(policy.signatures) };
    known.set(policy, signers);
  }
  return signers;
}

/** What two approvals by the same person have in common. */
export function nameOfPerson(person: string): string {
  return person.toLowerCase();
}

/** What is wrong with the signers of a policy, or what only a newer program knows. */
export function verdictOnSigners({ signers = [], signatures = [] }: Policy): {
  readonly problem?: string;
  readonly unknown?: string;
} {
  for (const { person, key } of signers) {
    const parsed = parsePublicKey(key);
    if (parsed.kind === 'unknown') return { unknown: `policy signers of type ${parsed.type}` };
    if (parsed.kind === 'malformed') return { problem: `has a key of ${person} that ${parsed.problem}` };
  }
  if (new Set(signers.map(({ key }) => key)).size !== signers.length) return { problem: 'names a key twice' };
  if (signatures.length > 0 && signers.length === 0)
    return { problem: 'asks for signatures and names nobody whose signature counts' };
  return {};
}
