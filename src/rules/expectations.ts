import { sha256Hex } from '../base/hash.ts';
import type { Expectations } from '../log/intent.ts';
import type { Policy } from '../log/policy-schema.ts';
import { RuleBreak } from './rule-break.ts';
import type { RegistryState } from './state.ts';

/** Makes the intent void unless everything that it relies on still holds. Ids may be any id of their model or version. */
export function checkExpectations(state: RegistryState, expects: Expectations): void {
  const model = (id: string) => state.model(id)?.id ?? id;
  const version = (id: string) => state.version(id)?.id ?? id;
  const expect = (what: string, expected: string | null, actual: string | null | undefined) => {
    if ((actual ?? null) !== expected) {
      throw new RuleBreak('EXPECTATION', `${what} is ${shown(actual)}, but ${shown(expected)} was expected.`);
    }
  };
  for (const [id, stage] of Object.entries(expects.stages ?? {})) {
    expect(`The stage of version ${id}`, stage, state.version(id)?.stage);
  }
  for (const [place, holder] of Object.entries(expects.holders ?? {})) {
    const [id, stage] = splitOnce(place);
    const actual = state.versionsInStage(model(id), stage, 1)[0]?.id;
    expect(`The version in ${stage}`, holder === null ? null : version(holder), actual);
  }
  for (const [place, target] of Object.entries(expects.aliases ?? {})) {
    const [id, alias] = splitOnce(place);
    expect(`The alias ${alias}`, target === null ? null : version(target), state.alias(model(id), alias));
  }
  for (const [id, name] of Object.entries(expects.names ?? {})) {
    expect('The name of the model', name, state.model(id)?.name);
  }
  for (const [id, description] of Object.entries(expects.descriptions ?? {})) {
    expect('The description', description, (state.version(id) ?? state.model(id))?.description);
  }
  for (const [place, value] of Object.entries(expects.tags ?? {})) {
    const [id, key] = splitOnce(place);
    const subject = state.version(id)?.id ?? model(id);
    expect(`The tag ${key}`, value, state.tag(subject, key));
  }
  for (const [id, digest] of Object.entries(expects.policies ?? {})) {
    // Digests tell nobody anything.
    if (digestOfPolicy(state, model(id)) !== digest) {
      const name = state.model(id)?.name ?? id;
      throw new RuleBreak('EXPECTATION', `The policy of ${name} isn't the one that was looked at.`);
    }
  }
}

/** Of the policy that a model has; null where none was ever set. */
export function digestOfPolicy(state: RegistryState, model: string): string | null {
  const policy = state.policy(model);
  return policy ? policyDigest(policy) : null;
}

/** Names a policy in `expects`: the SHA-256 of its JSON without spaces, keys sorted at every level. */
export function policyDigest(policy: Policy): string {
  return sha256Hex(JSON.stringify(sorted(policy)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  );
}

function splitOnce(place: string): readonly [string, string] {
  const slash = place.indexOf('/');
  return slash < 0 ? [place, ''] : [place.slice(0, slash), place.slice(slash + 1)];
}

function shown(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'none';
  return value.length > 80 ? `${JSON.stringify(value.slice(0, 80))}…` : JSON.stringify(value);
}
