import { environmentDigest } from '../log/environment-digest.ts';
import type { EventOf, RegistryEvent } from '../log/events.ts';
import { liveModel, liveVersion } from './lookup.ts';
import { createModel, deleteModel, renameModel, setPolicy, updateModel } from './model-rules.ts';
import { proposePolicy, voteOnPolicy, withdrawPolicy } from './proposal-rules.ts';
import { recordGate, requestPromotion, voteOnVersion, withdrawPromotion } from './review-rules.ts';
import { RuleBreak } from './rule-break.ts';
import { changeStage } from './stage-rules.ts';
import type { FactSource, RegistryState } from './state.ts';
import {
  annotateVersion,
  deleteVersion,
  evaluateVersion,
  registerVersion,
  removeAlias,
  setAlias,
  withdrawArtifact,
} from './version-rules.ts';

type Rules = {
  readonly [T in RegistryEvent['type']]: (state: RegistryState, event: EventOf<T>, source: FactSource) => void;
};

/** What each type of event does. Leaving one out doesn't compile. */
const RULES: Rules = {
  'model.created': createModel,
  'model.updated': updateModel,
  'model.renamed': renameModel,
  'model.deleted': deleteModel,
  'version.registered': registerVersion,
  'version.annotated': annotateVersion,
  'version.evaluated': evaluateVersion,
  'version.deleted': deleteVersion,
  'artifact.published': (state, event, source) => state.setArtifactStatus(event.artifact, 'published', source),
  'artifact.withdrawn': withdrawArtifact,
  'environment.recorded': recordEnvironment,
  'stage.changed': changeStage,
  'alias.set': setAlias,
  'alias.removed': removeAlias,
  'gate.recorded': recordGate,
  'approval.given': voteOnVersion,
  'approval.refused': voteOnVersion,
  'promotion.requested': requestPromotion,
  'promotion.withdrawn': withdrawPromotion,
  'comment.added': addComment,
  'policy.set': setPolicy,
  'policy.proposed': proposePolicy,
  'policy.withdrawn': withdrawPolicy,
  'policy.approved': voteOnPolicy,
  'policy.refused': voteOnPolicy,
  'registry.sealed': (state, event, source) => state.seal(event.reason, source),
};

/** Applies one event. Throws `RuleBreak` where it breaks a rule, `NeedsNewer` where only a newer program can tell. */
export function applyEvent<T extends RegistryEvent['type']>(
  state: RegistryState,
  event: EventOf<T>,
  source: FactSource,
): void {
  RULES[event.type](state, event, source);
}

function recordEnvironment(state: RegistryState, event: EventOf<'environment.recorded'>): void {
  if (environmentDigest(event) !== event.digest) {
    throw new RuleBreak('DIGEST_WRONG', `The packages aren't those of the digest ${event.digest}.`);
  }
  state.addEnvironment(event);
}

function addComment(state: RegistryState, event: EventOf<'comment.added'>, source: FactSource): void {
  const { model, version, text } = event;
  if ((model === undefined) === (version === undefined)) {
    throw new RuleBreak('SUBJECT_WRONG', 'A comment is on either a model or a version.');
  }
  const subject = version === undefined ? liveModel(state, model ?? '').id : liveVersion(state, version).id;
  state.addComment(subject, text, source);
}
