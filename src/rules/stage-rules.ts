import type { EventOf } from '../log/events.ts';
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
  if (event.kind === 'promote') checkGates(state, version, event, policy);

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
    { from, to, kind, reason, isOverride: event.override, related: displaced.map((holder) => holder.id) },
    source,
  );
  updateStacks(state, version, event, policy);
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

function checkGates(
  state: RegistryState,
  version: VersionRecord,
  event: EventOf<'stage.changed'>,
  policy: EffectivePolicy,
): void {
  const broken = brokenGates(state, version, event.to, policy);
  if (broken.length === 0) return;
  if (!event.override)
    throw new RuleBreak(
      'GATE_FAILED',
      `${labelOf(state, version)} doesn't pass the gates of ${event.to}: ${broken.join('; ')}.`,
    );
  if (!policy.isOverrideAllowed)
    throw new RuleBreak('OVERRIDE_REFUSED', `The policy allows nobody to override a gate: ${broken.join('; ')}.`);
}

/** What keeps a version from a stage, in words; empty when every gate of the policy passes. */
export function brokenGates(
  state: RegistryState,
  version: VersionRecord,
  stage: string,
  policy: EffectivePolicy,
): readonly string[] {
  const broken: string[] = [];
  for (const gate of policy.gates[stage] ?? []) {
    if ('approvals' in gate) {
      const approvals = state.approvers(version.id, stage);
      const counted = policy.approvers
        ? approvals.filter(({ person, isSigned }) => isSigned && policy.approvers?.has(person))
        : approvals;
      if (counted.length < gate.approvals) broken.push(`${counted.length} of ${gate.approvals} approvals`);
      continue;
    }
    const value = state.metric(version.id, gate.metric);
    if (typeof value !== 'number') {
      broken.push(`${gate.metric} is ${value ?? 'not recorded'}`);
      continue;
    }
    if (gate.min !== undefined && value < gate.min) broken.push(`${gate.metric} ${value} is below ${gate.min}`);
    if (gate.max !== undefined && value > gate.max) broken.push(`${gate.metric} ${value} is above ${gate.max}`);
    const rival = gate.vs === undefined ? undefined : state.versionsInStage(version.model, gate.vs, 1)[0];
    const rivalValue = rival && rival.id !== version.id ? state.metric(rival.id, gate.metric) : undefined;
    if (gate.maxDrop !== undefined && typeof rivalValue === 'number' && rivalValue - value > gate.maxDrop) {
      broken.push(`${gate.metric} ${value} is more than ${gate.maxDrop} below the ${rivalValue} of ${gate.vs}`);
    }
  }
  return broken;
}
