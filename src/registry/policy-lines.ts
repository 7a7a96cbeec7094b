import type { Policy } from '../log/policy-schema.ts';
import { fingerprintOfKey } from '../log/ssh/public-key.ts';
import { effectivePolicy } from '../rules/policy.ts';

/** A policy in lines that people can read and that can be compared; those of no policy are what holds without one. */
export function policyLines(policy: Policy | undefined): readonly string[] {
  const { stages, gates } = effectivePolicy(policy);
  const order = stages.map(({ name, isExclusive, displacedTo }) =>
    isExclusive ? `${name} (one version at a time, the one before goes to ${displacedTo})` : name,
  );
  const paths = stages.flatMap(({ name, from }) => (from ? [`to ${name}: only from ${from.join(' or ')}`] : []));
  return [
    `stages: ${order.join(', ')}`,
    ...paths,
    ...Object.entries(gates).flatMap(([stage, list]) => list.map((gate) => `gate of ${stage}: ${gateText(gate)}`)),
    `a gate that fails: ${overrideText(policy?.override)}`,
    ...(policy?.changes ? [`another policy: needs ${countText(policy.changes)} by others than whoever sets it`] : []),
    ...(policy?.signers ?? []).map(
      ({ person, key }) => `signer: ${person}  ${key.split(' ')[0]} ${fingerprintOfKey(key)}`,
    ),
    ...(policy?.signatures ?? []).map((demand) => `has to be signed: ${DEMANDS[demand]}`),
  ];
}

/** What another policy changes, in such lines. */
export function policyDifference(
  present: Policy | undefined,
  next: Policy,
): { readonly [part in 'removed' | 'added' | 'kept']: readonly string[] } {
  const [before, after] = [policyLines(present), policyLines(next)];
  return {
    removed: before.filter((line) => !after.includes(line)),
    added: after.filter((line) => !before.includes(line)),
    kept: after.filter((line) => before.includes(line)),
  };
}

function overrideText(override: Policy['override'] = 'allowed'): string {
  if (typeof override === 'object') return `can be overridden by ${override.by.join(', ')}, which stays on record`;
  return override === 'never' ? 'can never be overridden' : 'can be overridden, which stays on record';
}

function countText({
  approvals,
  by,
}: {
  readonly approvals: number;
  readonly by?: readonly string[] | undefined;
}): string {
  const who = by ? ` of ${by.join(', ')}` : '';
  return `${approvals} ${approvals === 1 ? 'approval' : 'approvals'}${who}`;
}

const DEMANDS = {
  approvals: 'approvals and requests for them',
  gates: 'results of gates',
  stages: 'changes of stage, aliases and deletions',
  all: 'everything about this model',
} as const;

type Gate = NonNullable<Policy['gates']>[string][number];

/** A gate of a policy in words. */
export function gateText(gate: Gate): string {
  if ('approvals' in gate) return countText(gate);
  if ('recorded' in gate) return `${gate.recorded}, as it was recorded${gate.by ? ` by ${gate.by.join(' or ')}` : ''}`;
  const { metric, min, max, vs, maxDrop } = gate;
  const parts = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(vs === undefined || maxDrop === undefined ? [] : [`no more than ${maxDrop} below the version in ${vs}`]),
  ];
  return [metric, ...parts].join(' ');
}
