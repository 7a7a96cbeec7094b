import type { EventOf } from '../log/events.ts';
import { brokenGates, mayOverride } from './gate-rules.ts';
import { labelOf, liveVersion, policyOf } from './lookup.ts';
import { ARCHIVED, type EffectivePolicy, FIRST_STAGE, kindOfMove, stageOf } from './policy.ts';
import { RuleBreak } from './rule-break.ts';
import type { FactSource, RegistryState, VersionRecord } from './state.ts';

/**
 * A change of stage. The event itself names the stage it leaves and exactly the version that it displaces, so no schedule can
 * put two versions into an exclusive stage, and a promotion and the demotion that it causes are one fact.
 */
export function changeStage(state: RegistryState, event: EventOf<'stage.changed'>, source: FactSource): void {
  const version = liveVersion(state, event.version);
  const policy = policyOf(state, version.model);
  const label = labelOf(state, version);
  const target = stageOf(policy, event.to);
  if (!target) {
    const names = policy.stages.map((stage) => stage.name).join(', ');
    throw new RuleBreak('STAGE_UNKNOWN', `${event.to} isn't a stage of this model; its stages are ${names}.`);
  }
  if (version.stage !== event.from) {
    throw new RuleBreak('STAGE_MOVED', `${label} is in ${version.stage}, not in ${event.from}.`);
  }
  if (event.from === event.to) throw new RuleBreak('STAGE_UNCHANGED', `${label} is in ${event.to} already.`);
  checkKind(state, version, event, policy);
  if (event.to !== FIRST_STAGE && event.to !== ARCHIVED && state.artifactStatus(version.artifact) !== 'published') {
    throw new RuleBreak('ARTIFACT_ABSENT', `The files of ${label} aren't in the registry.`);
  }
  const overridden = event.kind === 'promote' ? checkGates(state, version, event, policy, source) : [];

  const displaced = displacedBy(state, version, event, target.isExclusive, target.displacedTo);
  for (const holder of displaced) {
    state.setStage(
      holder.id,
      {
        from: event.to,
        to: target.displacedTo,
        kind: 'displaced',
        reason: event.reason,
        isOverride: false,
        related: [version.id],
      },
      source,
    );
  }
  const { from, to, kind, reason } = event;
  state.setStage(
    version.id,
    { from, to, kind, reason, isOverride: event.override, overridden, related: displaced.map((holder) => holder.id) },
    source,
  );
  updateStacks(state, version, event, policy);
  settleReviews(state, version, event, displaced, policy, source);
}

function checkKind(
  state: RegistryState,
  version: VersionRecord,
  event: EventOf<'stage.changed'>,
  policy: EffectivePolicy,
): void {
  if (event.kind === 'rollback') {
    if (!stageOf(policy, event.to)?.isExclusive) {
      throw new RuleBreak('NOT_EXCLUSIVE', `Only an exclusive stage can be rolled back; ${event.to} isn't one.`);
    }
    if (!state.hasHeld(version.id, event.to)) {
      throw new RuleBreak('NEVER_HELD', `${labelOf(state, version)} never was in ${event.to}; promote it instead.`);
    }
    return;
  }
  const kind = kindOfMove(policy, event.from, event.to);
  if (event.kind !== kind)
    throw new RuleBreak('KIND_WRONG', `A move from ${event.from} to ${event.to} is to ${kind}, not to ${event.kind}.`);
}

function displacedBy(
  state: RegistryState,
  version: VersionRecord,
  event: EventOf<'stage.changed'>,
  isExclusive: boolean,
  displacedTo: string,
): readonly VersionRecord[] {
  const holders = isExclusive ? state.versionsInStage(version.model, event.to, 2) : [];
  const named = event.displaces.map((entry) => ({ id: state.version(entry.version)?.id, to: entry.to }));
  const isExact =
    named.length === holders.length &&
    holders.every((holder) => named.some((entry) => entry.id === holder.id && entry.to === displacedTo));
  if (isExact) return holders;
  const present = holders[0];
  throw new RuleBreak(
    'HOLDER_CHANGED',
    present
      ? `${labelOf(state, present)} is in ${event.to}, which isn't what was expected.`
      : `No version is in ${event.to}, which isn't what was expected.`,
  );
}

/** Promoting moves a version to the top of the stage's stack, rolling back pops down to it, leaving takes it out. */
function updateStacks(
  state: RegistryState,
  version: VersionRecord,
  event: EventOf<'stage.changed'>,
  policy: EffectivePolicy,
): void {
  const { id, model } = version;
  if (stageOf(policy, event.from)?.isExclusive) state.dropHolder(model, event.from, id);
  if (!stageOf(policy, event.to)?.isExclusive) return;
  if (event.kind === 'rollback' && state.isOnHolderStack(model, event.to, id)) {
    state.dropHoldersAbove(model, event.to, id);
    return;
  }
  if (event.kind === 'rollback') {
    for (const { version: left } of event.displaces) state.dropHolder(model, event.to, state.version(left)?.id ?? left);
  }
  state.pushHolder(model, event.to, id);
}

/** What the gates of the policy say against it, where that is overridden. */
function checkGates(
  state: RegistryState,
  version: VersionRecord,
  event: EventOf<'stage.changed'>,
  policy: EffectivePolicy,
  { by }: FactSource,
): readonly string[] {
  const { from } = stageOf(policy, event.to) ?? {};
  if (from && !from.includes(event.from)) {
    throw new RuleBreak(
      'TRANSITION_REFUSED',
      `The policy lets versions into ${event.to} from ${from.join(', ')}; ${labelOf(state, version)} is in ${event.from}.`,
    );
  }
  const broken = brokenGates({ state, version, stage: event.to, policy });
  if (event.override && !mayOverride(policy, by)) {
    const who = policy.override === 'nobody' ? 'nobody' : `only ${[...policy.override].join(', ')}`;
    const what = broken.length === 0 ? '' : `: ${broken.join('; ')}`;
    throw new RuleBreak('OVERRIDE_REFUSED', `The policy allows ${who} to override a gate${what}.`);
  }
  if (broken.length > 0 && !event.override)
    throw new RuleBreak(
      'GATE_FAILED',
      `${labelOf(state, version)} doesn't pass the gates of ${event.to}: ${broken.join('; ')}.`,
    );
  return broken;
}

/** Whoever asked for it has it now, and what was approved was so beside another version. */
function settleReviews(
  state: RegistryState,
  version: VersionRecord,
  { from, to }: EventOf<'stage.changed'>,
  displaced: readonly VersionRecord[],
  policy: EffectivePolicy,
  source: FactSource,
): void {
  const { id, model } = version;
  const label = labelOf(state, version);
  const arrived = (moved: string, stage: string) => state.endRequests(moved, ...(stage === ARCHIVED ? [] : [stage]));
  for (const moved of displaced) arrived(moved.id, stageOf(policy, to)?.displacedTo ?? ARCHIVED);
  arrived(id, to);
  state.lapseVotes({ subject: id, target: to }, { code: 'used', why: `it came to ${to}` }, source);
  if (stageOf(policy, to)?.isExclusive)
    state.lapseVotes({ model, target: to }, { code: 'holder', why: `${label} came to ${to} since` }, source);
  if (stageOf(policy, from)?.isExclusive)
    state.lapseVotes({ model, target: from }, { code: 'holder', why: `${label} left ${from} since` }, source);
}
