import type { EventOf } from '../log/events.ts';
import { liveModel, policyOf } from './lookup.ts';
import { effectivePolicy, stageOf } from './policy.ts';
import { checkChange, readPolicy } from './proposal-rules.ts';
import { RuleBreak } from './rule-break.ts';
import type { FactSource, RegistryState } from './state.ts';

/** A name that is taken makes the new id another id of the model that has it: two people may create the same model offline. */
export function createModel(state: RegistryState, event: EventOf<'model.created'>, source: FactSource): void {
  if (state.model(event.model)) throw new RuleBreak('ID_TAKEN', `The model id ${event.model} is taken.`);
  const taken = state.modelByName(event.name);
  if (taken) {
    state.addModelId(event.model, taken.id);
    return;
  }
  state.addModel(event, source);
  setTags(state, event.model, event.tags, undefined, source);
}

export function updateModel(state: RegistryState, event: EventOf<'model.updated'>, source: FactSource): void {
  const model = liveModel(state, event.model);
  if (event.description !== undefined) state.updateModel(model.id, { description: event.description }, source);
  setTags(state, model.id, event.setTags, event.removeTags, source);
}

export function renameModel(state: RegistryState, event: EventOf<'model.renamed'>, source: FactSource): void {
  const model = liveModel(state, event.model);
  const taken = state.modelByName(event.name);
  const isCurrentName = taken?.name.toLowerCase() === event.name.toLowerCase();
  // People who use a former name mean the model whose policy others have to approve, too.
  if (taken && taken.id !== model.id && (isCurrentName || policyOf(state, taken.id).changes)) {
    throw new RuleBreak(
      'NAME_TAKEN',
      `Another model is called ${taken.name}${isCurrentName ? '' : `, and was called ${event.name}`}.`,
    );
  }
  if (model.name === event.name) throw new RuleBreak('NAME_UNCHANGED', `The model is called ${event.name} already.`);
  state.renameModel(model.id, event.name, source);
}

export function deleteModel(state: RegistryState, event: EventOf<'model.deleted'>, source: FactSource): void {
  const model = liveModel(state, event.model);
  const policy = policyOf(state, model.id);
  // Another model of the name would have no policy.
  if (policy.changes)
    throw new RuleBreak(
      'POLICY_NOT_APPROVED',
      `The policy of ${model.name} is changed once others approved that, and deleting the model would end it. Set a policy without "changes" first, which needs these approvals.`,
    );
  for (const stage of policy.stages) {
    const holder = stage.isExclusive ? state.versionsInStage(model.id, stage.name, 1)[0] : undefined;
    if (holder) {
      throw new RuleBreak(
        'STAGE_HELD',
        `Version ${holder.number} of ${model.name} is in ${stage.name}; archive it first.`,
      );
    }
  }
  state.deleteModel(model.id, source);
}

/** A policy that would make the present state illegal is void. */
export function setPolicy(state: RegistryState, event: EventOf<'policy.set'>, source: FactSource): void {
  const model = liveModel(state, event.model);
  const policy = readPolicy(event.policy);
  checkChange(state, model.id, policy, source);
  const next = effectivePolicy(policy);
  for (const name of state.stagesInUse(model.id)) {
    const stage = stageOf(next, name);
    if (!stage)
      throw new RuleBreak('STAGE_IN_USE', `The policy leaves out ${name}, which versions of ${model.name} are in.`);
    if (stage.isExclusive && state.versionsInStage(model.id, name, 2).length > 1) {
      throw new RuleBreak(
        'STAGE_IN_USE',
        `Several versions of ${model.name} are in ${name}, which the policy makes exclusive.`,
      );
    }
  }
  const clash = state.aliasesOfModel(model.id).find((alias) => stageOf(next, alias));
  if (clash !== undefined)
    throw new RuleBreak('ALIAS_IN_USE', `${clash} is an alias of ${model.name}, so it can't be a stage.`);
  state.setPolicy(model.id, policy, source);
  // What was proposed, and said of it, was so beside the policy before.
  state.endRequests(model.id);
  state.dropVotes(model.id);
  for (const stage of next.stages) {
    const holder = stage.isExclusive ? state.versionsInStage(model.id, stage.name, 1)[0] : undefined;
    if (holder && !state.isOnHolderStack(model.id, stage.name, holder.id))
      state.pushHolder(model.id, stage.name, holder.id);
  }
}

export function setTags(
  state: RegistryState,
  subject: string,
  set: Readonly<Record<string, string>> | undefined,
  remove: readonly string[] | undefined,
  source: FactSource,
): void {
  for (const key of remove ?? []) state.setTag(subject, key, undefined, source);
  for (const [key, value] of Object.entries(set ?? {})) state.setTag(subject, key, value, source);
}
