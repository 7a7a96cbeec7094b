import { environmentDigest } from '../log/environment-digest.ts';
import type { EventOf, RegistryEvent } from '../log/events.ts';
import { liveModel, liveVersion } from './lookup.ts';
import { createModel, deleteModel, renameModel, setPolicy, updateModel } from './model-rules.ts';
import { RuleBreak } from './rule-break.ts';
import { nameOfPerson } from './signers.ts';
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
  'gate.recorded': (state, event, source) => state.addGateResult(liveVersion(state, event.version).id, event, source),
  'approval.given': (state, event, source) => approve(state, event, true, source),
  'approval.refused': (state, event, source) => approve(state, event, false, source),
  'comment.added': addComment,
  'policy.set': setPolicy,
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

function approve(
  state: RegistryState,
  event: EventOf<'approval.given' | 'approval.refused'>,
  isGiven: boolean,
  source: FactSource,
): void {
  const version = liveVersion(state, event.version);
  const { signer, email, name } = source.by;
  const person = signer === undefined ? email.toLowerCase() || name : nameOfPerson(signer);
  state.setApproval(version.id, event.stage, person, isGiven, event.comment ?? '', source);
}

function addComment(state: RegistryState, event: EventOf<'comment.added'>, source: FactSource): void {
  const { model, version, text } = event;
  if ((model === undefined) === (version === undefined)) {
    throw new RuleBreak('SUBJECT_WRONG', 'A comment is on either a model or a version.');
  }
  const subject = version === undefined ? liveModel(state, model ?? '').id : liveVersion(state, version).id;
  state.addComment(subject, text, source);
}
