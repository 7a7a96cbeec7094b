import { sha256Hex } from '../base/hash.ts';
import type { EventOf } from '../log/events.ts';
import { isOfProgram } from './gate-rules.ts';
import { labelOf, liveModel, liveVersion, policyOf } from './lookup.ts';
import { setTags } from './model-rules.ts';
import { ARCHIVED, FIRST_STAGE, stageOf } from './policy.ts';
import { RuleBreak } from './rule-break.ts';
import type { FactSource, RegistryState, VersionRecord } from './state.ts';

/**
 * Registering is idempotent: the same bytes from the same run, or, where no run is named, the bytes, params and code of the model's
 * latest version, make the new id another id of that version.
 */
export function registerVersion(state: RegistryState, event: EventOf<'version.registered'>, source: FactSource): void {
  const model = liveModel(state, event.model);
  if (state.version(event.version)) throw new RuleBreak('ID_TAKEN', `The version id ${event.version} is taken.`);
  const known = registeredVersion(state, model.id, event);
  if (known) {
    state.addVersionId(event.version, known.id);
    return;
  }
  state.addVersion(event, model.id, model.lastNumber + 1, fingerprintOf(event), source);
  setTags(state, event.version, event.tags, undefined, source);
}

/** The version that registering `event` would come to, where there is one already. */
export function registeredVersion(
  state: RegistryState,
  model: string,
  event: Pick<EventOf<'version.registered'>, 'artifact' | 'run' | 'params' | 'code'>,
): VersionRecord | undefined {
  const { digest } = event.artifact;
  if (event.run?.id !== undefined) {
    return state.versionOfRun(model, digest, event.run.id);
  }
  const latest = state.latestVersion(model);
  return latest?.artifact === digest && latest.fingerprint === fingerprintOf(event) ? latest : undefined;
}

/** SHA-256 of the params in order of their names and of the code's commit and state. */
export function fingerprintOf(event: Pick<EventOf<'version.registered'>, 'params' | 'code'>): string {
  const params = Object.entries(event.params).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256Hex(JSON.stringify([params, event.code?.commit ?? null, event.code?.isDirty ?? null]));
}

export function annotateVersion(state: RegistryState, event: EventOf<'version.annotated'>, source: FactSource): void {
  const version = liveVersion(state, event.version);
  if (event.description !== undefined) state.describeVersion(version.id, event.description, source);
  if (event.note !== undefined) state.addNote(version.id, event.note, source);
  setTags(state, version.id, event.setTags, event.removeTags, source);
}

/** A version is a snapshot: metrics that come later complete it, those it has can't change. What gates found before them counts no more. */
export function evaluateVersion(state: RegistryState, event: EventOf<'version.evaluated'>, source: FactSource): void {
  const version = liveVersion(state, event.version);
  if (event.dataset !== undefined || event.slice !== undefined) {
    state.addEvaluation(version.id, event, source);
    state.dropGateRecords(version.id, (gate) => !isOfProgram(gate));
    return;
  }
  const added: Record<string, number | string> = {};
  for (const [name, value] of Object.entries(event.metrics)) {
    const present = state.metric(version.id, name);
    if (present === undefined) added[name] = value;
    else if (present !== value) {
      throw new RuleBreak(
        'METRIC_FIXED',
        `The metric ${name} of ${labelOf(state, version)} is ${present} and can't change.`,
      );
    }
  }
  if (Object.keys(added).length === 0) return;
  state.addMetrics(version.id, added, source);
  state.dropGateRecords(version.id, (gate) => !isOfProgram(gate));
}

export function deleteVersion(state: RegistryState, event: EventOf<'version.deleted'>, source: FactSource): void {
  const version = liveVersion(state, event.version);
  const policy = policyOf(state, version.model);
  if (stageOf(policy, version.stage)?.isExclusive) {
    throw new RuleBreak(
      'STAGE_HELD',
      `${labelOf(state, version)} is in ${version.stage}; archive it or promote another version first.`,
    );
  }
  const alias = state.aliasesOfVersion(version.id)[0];
  if (alias !== undefined) {
    throw new RuleBreak(
      'ALIAS_HELD',
      `The alias ${alias} points to ${labelOf(state, version)}; move or remove it first.`,
    );
  }
  for (const stage of policy.stages) state.dropHolder(version.model, stage.name, version.id);
  state.endRequests(version.id);
  state.deleteVersion(version.id, source);
}

export function withdrawArtifact(state: RegistryState, event: EventOf<'artifact.withdrawn'>, source: FactSource): void {
  if (state.artifactStatus(event.artifact) === undefined) {
    throw new RuleBreak('ARTIFACT_UNKNOWN', `There is no artifact ${event.artifact}.`);
  }
  const versions = state.versionsOfArtifact(event.artifact, Number.MAX_SAFE_INTEGER);
  const inUse = versions.find((version) => version.stage !== FIRST_STAGE && version.stage !== ARCHIVED);
  if (inUse) throw new RuleBreak('STAGE_HELD', `${labelOf(state, inUse)} is in ${inUse.stage} and needs its artifact.`);
  state.setArtifactStatus(event.artifact, 'withdrawn', source);
  const lapse = { code: 'withdrawn', why: 'its files were removed since' } as const;
  for (const { id } of versions) state.lapseVotes({ subject: id }, lapse, source);
}

export function setAlias(state: RegistryState, event: EventOf<'alias.set'>, source: FactSource): void {
  const model = liveModel(state, event.model);
  const version = liveVersion(state, event.version);
  if (version.model !== model.id) {
    throw new RuleBreak('OTHER_MODEL', `${labelOf(state, version)} isn't a version of ${model.name}.`);
  }
  if (stageOf(policyOf(state, model.id), event.alias)) {
    throw new RuleBreak('ALIAS_INVALID', `${event.alias} is a stage of ${model.name}, so it can't be an alias.`);
  }
  state.setAlias(model.id, event.alias, version.id, source);
}

export function removeAlias(state: RegistryState, event: EventOf<'alias.removed'>, source: FactSource): void {
  const model = liveModel(state, event.model);
  if (state.alias(model.id, event.alias) === undefined) {
    throw new RuleBreak('ALIAS_UNKNOWN', `${model.name} has no alias ${event.alias}.`);
  }
  state.setAlias(model.id, event.alias, undefined, source);
}
