import { RegistryError } from '../base/errors.ts';
import { isUlid } from '../base/ids.ts';
import { versionsByDigest } from '../catalog/artifact-queries.ts';
import { modelNames } from '../catalog/model-queries.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import {
  isNumberGiven,
  newestVersion,
  recentByIdEnd,
  versionById,
  versionByNumber,
} from '../catalog/version-queries.ts';
import { MODEL_NAME } from '../log/events.ts';
import { policyOf } from '../rules/lookup.ts';
import { PRODUCTION, stageOf } from '../rules/policy.ts';
import type { ModelRecord } from '../rules/state.ts';
import { dbOf, type Session, stateOf } from './session.ts';
import { stageAdvice } from './stage-advice.ts';

/** The model with this name (a former one too) or id. Throws `MODEL_NOT_FOUND`, `MODEL_NAME_INVALID`. */
export function findModel(session: Session, nameOrId: string): ModelRecord {
  const model = findModelIfAny(session, nameOrId);
  if (model) return model;
  if (!isUlid(nameOrId)) checkModelName(nameOrId);
  const names = modelNames(dbOf(session), 10);
  const advice =
    names.length === 0 ? 'The registry has no models yet: register one.' : `Models here: ${names.join(', ')}.`;
  throw new RegistryError('MODEL_NOT_FOUND', `There is no model called ${nameOrId}. ${advice}`);
}

export function findModelIfAny(session: Session, nameOrId: string): ModelRecord | undefined {
  const state = stateOf(session);
  const record = isUlid(nameOrId) ? state.model(nameOrId) : state.modelByName(nameOrId);
  return record?.isDeleted ? undefined : record;
}

/** Throws `MODEL_NAME_INVALID` unless `name` can be a model's name. */
export function checkModelName(name: string): void {
  if (isUlid(name.toUpperCase())) {
    throw new RegistryError(
      'MODEL_NAME_INVALID',
      `The model name "${name}" looks like the id of a model or version. Choose another, for example fraud-detector.`,
    );
  }
  if (MODEL_NAME.test(name)) return;
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  const why =
    name.length > 128
      ? `has ${name.length} characters, more than 128`
      : name === ''
        ? 'is empty'
        : "has characters that a name can't have, or doesn't start with a letter or digit";
  throw new RegistryError(
    'MODEL_NAME_INVALID',
    `The model name "${shown}" ${why}. Use 1 to 128 letters, digits, dots, underscores and hyphens, for example fraud-detector.`,
  );
}

/**
 * The version that a reference names (see `Registry`). Throws `VERSION_NOT_FOUND`, `MODEL_NOT_FOUND`, `REFERENCE_INVALID`,
 * `REFERENCE_AMBIGUOUS`.
 */
export function findVersion(session: Session, ref: string): VersionSummary {
  const db = dbOf(session);
  if (isUlid(ref)) {
    const record = stateOf(session).version(ref);
    const version = record && versionById(db, record.id);
    if (version) return version;
    if (record) throw new RegistryError('VERSION_NOT_FOUND', `Version ${record.number} was deleted.`);
  }
  const at = ref.indexOf('@');
  if (at === 0 || at === ref.length - 1 || ref.trim() === '') {
    throw new RegistryError(
      'REFERENCE_INVALID',
      `"${ref}" names no version. Write model, model@7, model@production or model@alias.`,
    );
  }
  const model = findModel(session, at < 0 ? ref : ref.slice(0, at));
  if (at >= 0) return selectVersion(session, model, ref.slice(at + 1));
  const version = newestVersion(db, model.id, PRODUCTION) ?? newestVersion(db, model.id);
  if (version) return version;
  throw new RegistryError('VERSION_NOT_FOUND', `${model.name} has no versions yet. Register one.`);
}

function selectVersion(session: Session, model: ModelRecord, selector: string): VersionSummary {
  const db = dbOf(session);
  if (/^\d+$/.test(selector)) {
    const version = versionByNumber(db, model.id, Number(selector));
    if (version) return version;
    if (isNumberGiven(db, model.id, Number(selector))) {
      throw new RegistryError(
        'VERSION_NOT_FOUND',
        `${model.name}@${selector} was deleted. \`model-registry show ${model.name}@${selector}\` tells what is known of it.`,
      );
    }
    throw new RegistryError(
      'VERSION_NOT_FOUND',
      `${model.name} has no version ${selector}. ${newestAdvice(session, model)}`,
    );
  }
  if (/^draft-/i.test(selector)) return draft(session, model, selector.slice('draft-'.length));
  const policy = policyOf(stateOf(session), model.id);
  if (stageOf(policy, selector)) {
    const version = newestVersion(db, model.id, selector);
    if (version) return version;
    throw new RegistryError(
      'VERSION_NOT_FOUND',
      `No version of ${model.name} is in ${selector}. ${newestAdvice(session, model)}`,
    );
  }
  if (/^[0-9a-fA-F]{7,64}$/.test(selector)) return byDigest(session, model, selector.toLowerCase());
  const aliased = stateOf(session).alias(model.id, selector);
  const version = aliased === undefined ? undefined : versionById(db, aliased);
  if (version) return version;
  const stages = policy.stages.map((stage) => stage.name);
  const aliases = stateOf(session).aliasesOfModel(model.id).join(', ') || 'none';
  throw new RegistryError(
    'VERSION_NOT_FOUND',
    `${model.name} has no number, stage or alias "${selector}"${stageAdvice(selector, stages)} Stages: ${stages.join(', ')}. Aliases: ${aliases}. ${newestAdvice(session, model)}`,
  );
}

/** A version by the end of its id: what it is called until the log has given it a number, and is found by for a while after that. */
function draft(session: Session, model: ModelRecord, end: string): VersionSummary {
  const found = /^[0-9a-z]{6}$/i.test(end) ? recentByIdEnd(dbOf(session), model.id, end.toUpperCase()) : [];
  const [version, ...others] = found;
  if (version && others.length === 0) return version;
  if (version) {
    throw new RegistryError(
      'REFERENCE_AMBIGUOUS',
      `Several versions of ${model.name} are called draft-${end}. Use an id.`,
    );
  }
  throw new RegistryError(
    'VERSION_NOT_FOUND',
    `No recent version of ${model.name} is called draft-${end}. It may have a number by now. ${newestAdvice(session, model)}`,
  );
}

function byDigest(session: Session, model: ModelRecord, prefix: string): VersionSummary {
  const found = versionsByDigest(dbOf(session), model.id, prefix, 50);
  const newest = found[0];
  if (!newest)
    throw new RegistryError(
      'VERSION_NOT_FOUND',
      `No version of ${model.name} has an artifact whose digest starts with ${prefix}.`,
    );
  if (found.every((version) => version.artifact.digest === newest.artifact.digest)) return newest;
  throw new RegistryError(
    'REFERENCE_AMBIGUOUS',
    `Several artifacts of ${model.name} have digests that start with ${prefix}. Give more digits.`,
  );
}

function newestAdvice(session: Session, model: ModelRecord): string {
  const newest = newestVersion(dbOf(session), model.id);
  return newest ? `Its newest is ${nameOf(newest)}.` : 'It has no versions yet.';
}

function nameOf({ pending, id, number }: VersionSummary): string {
  return pending ? `draft-${id.slice(-6).toLowerCase()}` : String(number);
}
