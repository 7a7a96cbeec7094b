import { type EffectivePolicy, effectivePolicy } from './policy.ts';
import { RuleBreak } from './rule-break.ts';
import type { ModelRecord, RegistryState, VersionRecord } from './state.ts';

/** The model with this id, or a void intent. */
export function liveModel(state: RegistryState, id: string): ModelRecord {
  const model = state.model(id);
  if (!model) throw new RuleBreak('MODEL_UNKNOWN', `There is no model with the id ${id}.`);
  if (model.isDeleted) throw new RuleBreak('MODEL_DELETED', `The model ${model.name} was deleted.`);
  return model;
}

/** The version with this id, or a void intent. */
export function liveVersion(state: RegistryState, id: string): VersionRecord {
  const version = state.version(id);
  if (!version) throw new RuleBreak('VERSION_UNKNOWN', `There is no version with the id ${id}.`);
  if (version.isDeleted) throw new RuleBreak('VERSION_DELETED', `${labelOf(state, version)} was deleted.`);
  return version;
}

/** `fraud-detector@7` */
export function labelOf(state: RegistryState, version: VersionRecord): string {
  return `${state.model(version.model)?.name ?? version.model}@${version.number}`;
}

export function policyOf(state: RegistryState, model: string): EffectivePolicy {
  return effectivePolicy(state.policy(model));
}
