import type { Policy } from '../log/policy-schema.ts';
import { labelOf, policyOf } from './lookup.ts';
import { isSamePerson, personOf } from './people.ts';
import { type EffectivePolicy, peopleIn, stageOf } from './policy.ts';
import type { FactAuthor, GateRecord, RegistryState, VersionRecord, Vote } from './state.ts';

export type PolicyGate = NonNullable<Policy['gates']>[string][number];
type MetricGate = Extract<PolicyGate, { metric: string }>;
type ApprovalsGate = Extract<PolicyGate, { approvals: number }>;
type RecordedGate = Extract<PolicyGate, { recorded: string }>;

/** A version, the stage that it is to get to, and the rules of its model. */
export interface GateContext {
  readonly state: RegistryState;
  readonly version: VersionRecord;
  readonly stage: string;
  readonly policy: EffectivePolicy;
}

/** What keeps a version from a stage, in words; empty when every gate of the policy passes. */
export function brokenGates(context: GateContext): readonly string[] {
  return (context.policy.gates[context.stage] ?? []).flatMap((gate) => problemsOfGate(gate, context));
}

/** What is wrong by one gate; empty where it passes. */
export function problemsOfGate(gate: PolicyGate, context: GateContext): readonly string[] {
  if ('approvals' in gate) return problemsOfApprovals(gate, context);
  if ('recorded' in gate) return problemsOfRecorded(gate, context);
  return problemsOfMetric(gate, context);
}

function problemsOfMetric(gate: MetricGate, { state, version }: GateContext): readonly string[] {
  const value = state.metric(version.id, gate.metric);
  if (typeof value !== 'number') return [`${gate.metric} is ${value ?? 'not recorded'}`];
  const broken: string[] = [];
  if (gate.min !== undefined && value < gate.min) broken.push(`${gate.metric} ${value} is below ${gate.min}`);
  if (gate.max !== undefined && value > gate.max) broken.push(`${gate.metric} ${value} is above ${gate.max}`);
  const last = gate.vs === undefined ? undefined : lastBefore(state, version, gate.vs);
  const rival = gate.vs === undefined ? undefined : (state.versionsInStage(version.model, gate.vs, 1)[0] ?? last);
  const rivalValue = rival && rival.id !== version.id ? state.metric(rival.id, gate.metric) : undefined;
  if (gate.maxDrop !== undefined && typeof rivalValue === 'number' && rivalValue - value > gate.maxDrop)
    broken.push(
      `${gate.metric} ${value} is more than ${gate.maxDrop} below the ${rivalValue} of ${last ? `${labelOf(state, last)}, which was last in ${gate.vs}` : gate.vs}`,
    );
  return broken;
}

/** An evaluation ends what was recorded before it, but for results of programs. */
function absenceOf(gate: string): string {
  return isOfProgram(gate)
    ? 'no result was recorded'
    : 'no result was recorded since the newest evaluation; run gates --run again';
}

/** With what names of gates begin that run a program, and what follows it: who names gates has it from here. */
export const PROGRAM_GATES = { command: 'command', benchmark: 'benchmark' } as const;
export const TITLE_END = ': ';

/** Whether a gate of this name ran a program, which evaluations of the version don't change. */
export function isOfProgram(gate: string): boolean {
  return Object.values(PROGRAM_GATES).some((title) => gate.startsWith(`${title}${TITLE_END}`));
}

/** Where an exclusive stage is empty, the other version that was there last: emptying it first gets nobody past a comparison. */
export function lastBefore(state: RegistryState, version: VersionRecord, stage: string): VersionRecord | undefined {
  const { id, model } = version;
  if (!stageOf(policyOf(state, model), stage)?.isExclusive) return undefined;
  return state.versionsInStage(model, stage, 1).length > 0 ? undefined : state.lastHolder(model, stage, id);
}

function problemsOfApprovals(gate: ApprovalsGate, context: GateContext): readonly string[] {
  const { state, version, policy } = context;
  const author = state.authorOf(version.id);
  const { votes, counted, given } = approvalsFor(gate, context);
  const refusal = votes.find((vote) => !vote.isGiven && isVoteOfPolicy(vote, policy));
  if (refusal) return [`${refusal.person} refused it`];
  if (given.length >= gate.approvals) return [];
  const lapsed = counted.find((vote) => {
    return vote.lapsed !== undefined && vote.lapsed.code !== 'used' && !isSamePerson(vote.by, author);
  });
  const isOwn = counted.some((vote) => isSamePerson(vote.by, author));
  const hints = [
    ...(lapsed?.lapsed ? [`that of ${lapsed.person} lapsed, because ${lapsed.lapsed.why}`] : []),
    ...(isOwn ? ['that of whoever registered the version doesn’t count'] : []),
  ];
  const who = gate.by ? ` by ${gate.by.join(', ')}` : '';
  return [[`${given.length} of ${gate.approvals} approvals${who}`, ...hints].join('; ')];
}

/** What people said, whose approvals count for a gate, lapsed ones too, and the approvals that it has. */
function approvalsFor(gate: ApprovalsGate, { state, version, stage, policy }: GateContext) {
  const author = state.authorOf(version.id);
  const votes = sortedBy(state.votes(version.id, stage), ({ person }) => person);
  const counted = countedVotes(votes, gate.by, policy);
  const given = counted.filter((vote) => vote.lapsed === undefined && !isSamePerson(vote.by, author));
  return { votes, counted, given };
}

/** Whether an approval by this person, who isn't the author, would bring the version nearer to the stage; where no gate asks for any, everybody’s would. */
export function isApprovalMissing(context: GateContext, by: FactAuthor): boolean {
  const person = personOf(by);
  if (!isVoteOfPolicy({ by, person }, context.policy)) return false;
  const gates = (context.policy.gates[context.stage] ?? []).filter((gate) => 'approvals' in gate);
  const takes = (gate: ApprovalsGate) => !gate.by || peopleIn(gate.by).has(person);
  return (
    gates.length === 0 || gates.some((gate) => takes(gate) && approvalsFor(gate, context).given.length < gate.approvals)
  );
}

/** What a state lists comes in an order of its own, and a verdict says the same everywhere. */
export function sortedBy<T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** Approvals by people whose approvals count for a gate; lapsed ones too. */
function countedVotes(votes: readonly Vote[], by: readonly string[] | undefined, policy: EffectivePolicy) {
  const asked = by && peopleIn(by);
  return votes.filter((vote) => vote.isGiven && isVoteOfPolicy(vote, policy) && (!asked || asked.has(vote.person)));
}

/** Whether the policy takes the word of whoever said it: that of everybody, or of its signers where approvals are signed. */
export function isVoteOfPolicy({ by, person }: Pick<Vote, 'by' | 'person'>, { approvers }: EffectivePolicy): boolean {
  return !approvers || (by.signer !== undefined && approvers.has(person));
}

function problemsOfRecorded(gate: RecordedGate, { state, version, stage, policy }: GateContext): readonly string[] {
  const record = state.gateRecord(version.id, stage, gate.recorded);
  if (!record) return [`${gate.recorded}: ${absenceOf(gate.recorded)}`];
  const person = personOf(record.by);
  if (policy.recorders && !(record.by.signer !== undefined && policy.recorders.has(person)))
    return [`${gate.recorded}: the result of ${person} isn’t signed by who may`];
  if (gate.by && !peopleIn(gate.by).has(person))
    return [`${gate.recorded}: ${person} recorded it, and only ${gate.by.join(', ')} may`];
  if (record.outcome !== 'passed') return [`${gate.recorded}: failed`];
  const stale = staleness(state, version, record);
  return stale === undefined ? [] : [`${gate.recorded}: ${stale}`];
}

/** Why a result says nothing any more: it compared with a version that isn't in its stage now, nor was the last one in an empty one. */
export function staleness(state: RegistryState, version: VersionRecord, { against }: GateRecord): string | undefined {
  if (!against) return undefined;
  const present = state.versionsInStage(version.model, against.stage, 2).filter(({ id }) => id !== version.id);
  const compared = against.version === null ? undefined : state.version(against.version);
  const last = lastBefore(state, version, against.stage);
  if (against.version === null) {
    if (last) return `${labelOf(state, last)} was in ${against.stage} since, where none was`;
    return present[0] ? `${labelOf(state, present[0])} is in ${against.stage} since, where none was` : undefined;
  }
  if (last && compared?.id === last.id) return undefined;
  if (compared && !compared.isDeleted && compared.model === version.model && compared.stage === against.stage)
    return undefined;
  const what = compared ? labelOf(state, compared) : 'what it was compared with';
  return `${what} isn’t in ${against.stage} any more`;
}

/** Whether the policy lets somebody promote in spite of a gate. */
export function mayOverride({ override }: EffectivePolicy, by: FactAuthor): boolean {
  if (override === 'anybody') return true;
  return override !== 'nobody' && override.has(personOf(by));
}

/** Whether a result of a gate counts where it is this person's. */
export function mayRecord(policy: EffectivePolicy, stage: string, gate: string, by: FactAuthor): boolean {
  return (policy.gates[stage] ?? []).every((one) => {
    return !('recorded' in one) || one.recorded !== gate || !one.by || peopleIn(one.by).has(personOf(by));
  });
}
