import type { Policy } from '../log/events.ts';
import { fingerprintOfKey } from '../log/ssh/public-key.ts';
import { effectivePolicy } from '../rules/policy.ts';

/** A policy in lines that people can read and that can be compared; those of no policy are what holds without one. */
export function policyLines(policy: Policy | undefined): readonly string[] {
  const { stages, gates, isOverrideAllowed } = effectivePolicy(policy);
  const order = stages.map(({ name, isExclusive, displacedTo }) =>
    isExclusive ? `${name} (one version at a time, the one before goes to ${displacedTo})` : name,
  );
  return [
    `stages: ${order.join(', ')}`,
    ...Object.entries(gates).flatMap(([stage, list]) => list.map((gate) => `gate of ${stage}: ${gateText(gate)}`)),
    `a gate that fails: ${isOverrideAllowed ? 'can be overridden, which stays on record' : 'can never be overridden'}`,
    ...(policy?.signers ?? []).map(
      ({ person, key }) => `signer: ${person}  ${key.split(' ')[0]} ${fingerprintOfKey(key)}`,
    ),
    ...(policy?.signatures ?? []).map((demand) => `has to be signed: ${DEMANDS[demand]}`),
  ];
}

const DEMANDS = {
  approvals: 'approvals',
  stages: 'changes of stage, aliases and deletions',
  all: 'everything about this model',
} as const;

type Gate = NonNullable<Policy['gates']>[string][number];

/** A gate of a policy in words. */
export function gateText(gate: Gate): string {
  if ('approvals' in gate) return `${gate.approvals} ${gate.approvals === 1 ? 'approval' : 'approvals'}`;
  const { metric, min, max, vs, maxDrop } = gate;
  const parts = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(vs === undefined || maxDrop === undefined ? [] : [`no more than ${maxDrop} below the version in ${vs}`]),
  ];
  return [metric, ...parts].join(' ');
}
