import type { EventOf } from '../log/events.ts';
import { MAX_GATES_OF_STAGE, MAX_VOTES } from '../log/review-events.ts';
import { mayRecord, sortedBy } from './gate-rules.ts';
import { labelOf, liveVersion, policyOf } from './lookup.ts';
import { personOf } from './people.ts';
import { ARCHIVED, kindOfMove, stageOf } from './policy.ts';
import { RuleBreak } from './rule-break.ts';
import type { FactSource, Lapse, Question, RegistryState, VersionRecord } from './state.ts';

type Seen = NonNullable<EventOf<'approval.given'>['seen']>;

/** The newest result of a gate counts. One that says otherwise than before lets approvals lapse: they were given on what was known then. */
export function recordGate(state: RegistryState, event: EventOf<'gate.recorded'>, source: FactSource): void {
  const version = liveVersion(state, event.version);
  const { stage, gate, outcome } = event;
  if (!mayRecord(policyOf(state, version.model), stage, gate, source.by)) {
    throw new RuleBreak(
      'GATE_OF_OTHERS',
      `The policy takes results of ${gate} from others than ${personOf(source.by)}.`,
    );
  }
  const before = state.gateRecord(version.id, stage, gate);
  if (!before && state.gateRecords(version.id, stage).length >= MAX_GATES_OF_STAGE)
    throw new RuleBreak('TOO_MANY', `${labelOf(state, version)} has ${MAX_GATES_OF_STAGE} gates for ${stage} already.`);
  const against = event.against && {
    stage: event.against.stage,
    version:
      event.against.version === null ? null : (state.version(event.against.version)?.id ?? event.against.version),
  };
  state.addGateResult(version.id, { ...event, against }, source);
  if (before ? before.outcome === outcome : outcome === 'passed') return;
  const why = `the gate ${gate} ${outcome} since`;
  state.lapseVotes({ subject: version.id, target: stage }, { code: 'gate', why }, source);
}

/** An approval or a refusal; it takes the place of what the person said before. */
export function voteOnVersion(
  state: RegistryState,
  event: EventOf<'approval.given' | 'approval.refused'>,
  source: FactSource,
): void {
  const version = liveVersion(state, event.version);
  const { stage, seen } = event;
  const isGiven = event.type === 'approval.given';
  if (seen && seen.artifact !== version.artifact)
    throw new RuleBreak('OTHER_ARTIFACT', `${labelOf(state, version)} has other files than those that were looked at.`);
  const lapsed = isGiven && seen ? changedSince(state, version, stage, seen) : undefined;
  vote(state, { model: version.model, subject: version.id, target: stage }, isGiven, event.comment, source, lapsed);
}

/** Throws where so many people had their say that no more is kept. */
export function vote(
  state: RegistryState,
  question: Question,
  isGiven: boolean,
  comment: string | undefined,
  source: FactSource,
  lapsed?: Lapse,
): void {
  const person = personOf(source.by);
  const votes = state.votes(question.subject, question.target);
  if (votes.length >= MAX_VOTES && !votes.some((known) => known.person === person))
    throw new RuleBreak('TOO_MANY', `${MAX_VOTES} people had their say already.`);
  state.setVote(question, { person, isGiven, comment: comment ?? '', ...(lapsed ? { lapsed } : {}) }, source);
}

/** What is another by the time that the log has an approval than it was for whoever gave it. */
function changedSince(state: RegistryState, version: VersionRecord, stage: string, seen: Seen): Lapse | undefined {
  const holder = otherHolder(state, version, stage);
  const seenHolder = seen.holder === null ? undefined : (state.version(seen.holder)?.id ?? seen.holder);
  if (holder?.id !== seenHolder) {
    const why = holder ? `${labelOf(state, holder)} was in ${stage} by then` : `${stage} was empty by then`;
    return { code: 'holder', why };
  }
  const outcomes = new Map(seen.gates.map(({ gate, outcome }) => [gate, outcome]));
  for (const { gate, outcome } of sortedBy(state.gateRecords(version.id, stage), ({ gate: name }) => name)) {
    const was = outcomes.get(gate);
    outcomes.delete(gate);
    if (was === undefined ? outcome === 'failed' : was !== outcome)
      return { code: 'gate', why: `the gate ${gate} had ${outcome} by then` };
  }
  const [unknown] = outcomes.keys();
  return unknown === undefined ? undefined : { code: 'gate', why: `the gate ${unknown} has no result` };
}

/** The version in an exclusive stage, unless it is this one. */
export function otherHolder(state: RegistryState, version: VersionRecord, stage: string): VersionRecord | undefined {
  if (!stageOf(policyOf(state, version.model), stage)?.isExclusive) return undefined;
  const holder = state.versionsInStage(version.model, stage, 1)[0];
  return holder?.id === version.id ? undefined : holder;
}

/** A later request takes the place of an open one. It ends when the version gets there, is archived or deleted, or by a withdrawal. */
export function requestPromotion(
  state: RegistryState,
  event: EventOf<'promotion.requested'>,
  source: FactSource,
): void {
  const version = liveVersion(state, event.version);
  const policy = policyOf(state, version.model);
  const { stage, comment = '', reviewers } = event;
  if (!stageOf(policy, stage)) {
    const names = policy.stages.map(({ name }) => name).join(', ');
    throw new RuleBreak('STAGE_UNKNOWN', `${stage} isn't a stage of this model; its stages are ${names}.`);
  }
  if (version.stage === stage)
    throw new RuleBreak('STAGE_UNCHANGED', `${labelOf(state, version)} is in ${stage} already.`);
  if (stage === ARCHIVED || kindOfMove(policy, version.stage, stage) !== 'promote')
    throw new RuleBreak(
      'NO_PROMOTION',
      `To move ${labelOf(state, version)} from ${version.stage} to ${stage} is no promotion.`,
    );
  state.setRequest({ model: version.model, subject: version.id, target: stage }, { comment, reviewers }, source);
}

export function withdrawPromotion(state: RegistryState, event: EventOf<'promotion.withdrawn'>): void {
  const version = liveVersion(state, event.version);
  if (!state.hasRequest(version.id, event.stage))
    throw new RuleBreak(
      'REQUEST_UNKNOWN',
      `Nobody asks for ${labelOf(state, version)} to be promoted to ${event.stage}.`,
    );
  state.endRequests(version.id, event.stage);
}
