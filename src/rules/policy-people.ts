import type { Policy } from '../log/policy-schema.ts';
import { nameOfPerson, signersOf } from './signers.ts';

/** What is wrong with the people whom a policy asks for: more approvals than anybody could give could never be got past. */
export function problemOfPeople(policy: Policy): string | undefined {
  for (const [stage, gates] of Object.entries(policy.gates ?? {})) {
    for (const gate of gates) {
      if ('approvals' in gate && gate.by && distinct(gate.by).size < gate.approvals)
        return `asks for ${gate.approvals} approvals for ${stage}, and only ${distinct(gate.by).size} could be given`;
    }
  }
  const { changes } = policy;
  if (!changes) return undefined;
  const signers = signersOf(policy);
  const people = signers && distinct([...signers.personOfKey.values()]);
  const named = changes.by && distinct(changes.by);
  const able = named && people ? new Set([...named].filter((person) => people.has(person))) : (named ?? people);
  if (!able) return undefined;
  // Whoever changes the policy doesn't approve that; with signers, it is one of them.
  const isOneOfThem = people !== undefined && [...people].every((person) => able.has(person));
  const count = able.size - (isOneOfThem ? 1 : 0);
  return count < changes.approvals
    ? `asks for ${changes.approvals} approvals of another policy, and only ${count} could be given`
    : undefined;
}

function distinct(people: readonly string[]): ReadonlySet<string> {
  return new Set(people.map(nameOfPerson));
}
