import * as v from 'valibot';
import { type Policy, policySchema, type SignatureDemand } from '../log/policy-schema.ts';
import { problemOfPeople } from './policy-people.ts';
import { nameOfPerson, signersOf, verdictOnSigners } from './signers.ts';

export interface StagePolicy {
  readonly name: string;
  readonly isExclusive: boolean;
  readonly displacedTo: string;
  /** From where a version may be promoted to it; from anywhere where it is absent. */
  readonly from?: readonly string[];
}

/** What the rules ask of a model's policy, with everything that it leaves out filled in. */
export interface EffectivePolicy {
  /** In ascending order: a move towards the end is a promotion. `archived` stands apart, at the end. */
  readonly stages: readonly StagePolicy[];
  readonly gates: NonNullable<Policy['gates']>;
  /** Who may promote in spite of a gate. */
  readonly override: 'anybody' | 'nobody' | ReadonlySet<string>;
  /** What another policy needs. */
  readonly changes?: NonNullable<Policy['changes']>;
  /** Whose approvals count, each signed, where approvals have to be; else everybody's do. */
  readonly approvers?: ReadonlySet<string>;
  /** The same for results of gates. */
  readonly recorders?: ReadonlySet<string>;
}

export const FIRST_STAGE = 'candidate';
export const ARCHIVED = 'archived';
export const PRODUCTION = 'production';

export const DEFAULT_STAGES: readonly StagePolicy[] = [
  { name: FIRST_STAGE, isExclusive: false, displacedTo: ARCHIVED },
  { name: 'staging', isExclusive: false, displacedTo: ARCHIVED },
  { name: PRODUCTION, isExclusive: true, displacedTo: ARCHIVED },
  { name: ARCHIVED, isExclusive: false, displacedTo: ARCHIVED },
];

/** The policy in force for a model, `undefined` meaning that none was ever set. */
export function effectivePolicy(policy: Policy | undefined): EffectivePolicy {
  const stages =
    policy?.stages?.map(({ name, exclusive, displacedTo, from }) => ({
      name,
      isExclusive: exclusive,
      displacedTo: displacedTo ?? ARCHIVED,
      ...(from === undefined ? {} : { from }),
    })) ?? DEFAULT_STAGES;
  const signers = signersOf(policy);
  const people = signers && peopleIn([...signers.personOfKey.values()]);
  const isSigned = (demand: SignatureDemand) => signers && (signers.demands.has(demand) || signers.demands.has('all'));
  return {
    stages,
    gates: policy?.gates ?? {},
    override: overrideOf(policy),
    ...(policy?.changes ? { changes: policy.changes } : {}),
    ...(people && isSigned('approvals') ? { approvers: people } : {}),
    ...(people && isSigned('gates') ? { recorders: people } : {}),
  };
}

function overrideOf(policy: Policy | undefined): EffectivePolicy['override'] {
  const { override = 'allowed' } = policy ?? {};
  if (typeof override === 'object') return peopleIn(override.by);
  return override === 'never' ? 'nobody' : 'anybody';
}

/** The people of a list, as votes and authors are told from each other. */
export function peopleIn(list: readonly string[]): ReadonlySet<string> {
  return new Set(list.map(nameOfPerson));
}

export function stageOf(policy: EffectivePolicy, name: string): StagePolicy | undefined {
  return policy.stages.find((stage) => stage.name === name);
}

/** What kind a move without being a rollback is. */
export function kindOfMove(policy: EffectivePolicy, from: string, to: string): 'promote' | 'demote' | 'archive' {
  if (to === ARCHIVED) return 'archive';
  if (from === ARCHIVED) return 'promote';
  const rank = (name: string) => policy.stages.findIndex((stage) => stage.name === name);
  return rank(to) < rank(from) ? 'demote' : 'promote';
}

export type PolicyVerdict =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'unknown'; readonly needs: readonly string[] }
  | { readonly kind: 'malformed'; readonly problem: string };

/** Reads a policy out of an event. A key that this program doesn't know is no mistake of the policy: it needs a newer program. */
export function parsePolicy(value: unknown): PolicyVerdict {
  const parsed = v.safeParse(policySchema, value);
  if (parsed.success) {
    const { unknown, problem = problemOfStages(parsed.output) ?? problemOfPeople(parsed.output) } = verdictOnSigners(
      parsed.output,
    );
    if (unknown !== undefined) return { kind: 'unknown', needs: [unknown] };
    return problem === undefined ? { kind: 'policy', policy: parsed.output } : { kind: 'malformed', problem };
  }
  const unknown = parsed.issues.filter((issue) => issue.type === 'strict_object' || issue.type === 'union');
  if (unknown.length > 0) {
    return { kind: 'unknown', needs: unknown.map((issue) => `policy ${v.getDotPath(issue) ?? ''}`.trim()) };
  }
  return { kind: 'malformed', problem: parsed.issues[0].message };
}

function problemOfStages(policy: Policy): string | undefined {
  const effective = effectivePolicy(policy);
  const names = effective.stages.map((stage) => stage.name);
  if (new Set(names).size !== names.length) return 'names a stage twice';
  if (names[0] !== FIRST_STAGE || names.at(-1) !== ARCHIVED)
    return `must begin with ${FIRST_STAGE} and end with ${ARCHIVED}`;
  for (const stage of effective.stages) {
    const target = stageOf(effective, stage.displacedTo);
    if (stage.isExclusive && (!target || target.isExclusive))
      return `${stage.name} displaces to ${stage.displacedTo}, which can't take it`;
    if (stage.isExclusive && (stage.name === FIRST_STAGE || stage.name === ARCHIVED))
      return `${stage.name} can't be exclusive`;
    const from = stage.from?.find((name) => !names.includes(name) || name === stage.name);
    if (from !== undefined) return `lets versions into ${stage.name} from ${from}, which is no other stage`;
    if (stage.from && (stage.name === FIRST_STAGE || stage.name === ARCHIVED))
      return `says from where versions get to ${stage.name}, where each may go`;
  }
  const gated = Object.keys(effective.gates).find((stage) => !names.includes(stage));
  return gated === undefined ? undefined : `has gates for ${gated}, which is no stage`;
}
