import { RegistryError } from '../../base/errors.ts';
import type { AliasEntry } from '../../catalog/read-models/models.ts';
import type { Tags } from '../../catalog/read-models/values.ts';
import { ALIAS_NAME } from '../../log/events.ts';
import { MAX_TEXT } from '../../log/parts.ts';
import { policyOf } from '../../rules/lookup.ts';
import { stageOf } from '../../rules/policy.ts';
import type { Registry } from '../api/registry.ts';
import { findModel, findVersion } from '../references.ts';
import { readToWrite, record, type Session, stateOf } from '../session.ts';
import { reasonOf, textOf } from '../text.ts';

interface Subject {
  readonly kind: 'model' | 'version';
  readonly id: string;
  readonly description: string;
}

function subjectOf(session: Session, request: { readonly ref: string; readonly onModel?: boolean }): Subject {
  if (request.onModel) return { kind: 'model', ...findModel(session, request.ref) };
  return { kind: 'version', ...findVersion(session, request.ref) };
}

export async function setAlias(
  session: Session,
  request: { readonly model: string; readonly alias: string; readonly ref: string },
): Promise<AliasEntry> {
  const { alias } = request;
  await readToWrite(session);
  const model = findModel(session, request.model);
  const version = findVersion(session, /^\d+$/.test(request.ref) ? `${model.id}@${request.ref}` : request.ref);
  if (!ALIAS_NAME.test(alias) || stageOf(policyOf(stateOf(session), model.id), alias)) {
    throw new RegistryError(
      'ALIAS_INVALID',
      `"${alias}" can't be an alias: it must start with a letter or digit, have at most 64 letters, digits, dots, underscores and hyphens, and look like neither a number, a stage nor a digest. For example champion.`,
    );
  }
  const present = stateOf(session).alias(model.id, alias);
  if (present !== version.id) {
    await record(session, {
      expects: { aliases: { [`${model.id}/${alias}`]: present ?? null } },
      events: [{ type: 'alias.set', model: model.id, alias, version: version.id }],
    });
  }
  return { alias, number: version.number, versionId: version.id };
}

export async function removeAlias(
  session: Session,
  request: { readonly model: string; readonly alias: string },
): Promise<void> {
  await readToWrite(session);
  const model = findModel(session, request.model);
  const present = stateOf(session).alias(model.id, request.alias);
  if (present === undefined) {
    const aliases = stateOf(session).aliasesOfModel(model.id).join(', ') || 'none';
    throw new RegistryError(
      'ALIAS_NOT_FOUND',
      `${model.name} has no alias "${request.alias}". Its aliases: ${aliases}.`,
    );
  }
  await record(session, {
    expects: { aliases: { [`${model.id}/${request.alias}`]: present } },
    events: [{ type: 'alias.removed', model: model.id, alias: request.alias }],
  });
}

export async function tag(
  session: Session,
  request: {
    readonly ref: string;
    readonly set?: Tags;
    readonly remove?: readonly string[];
    readonly onModel?: boolean;
  },
): Promise<void> {
  await readToWrite(session);
  const subject = subjectOf(session, request);
  const state = stateOf(session);
  const changed: [string, string][] = [];
  const tags: Record<string, string> = {};
  for (const [key, value] of Object.entries(request.set ?? {})) {
    const present = state.tag(subject.id, key);
    if (present === value) continue;
    changed.push([key, value]);
    if (present !== undefined) tags[`${subject.id}/${key}`] = present;
  }
  const removeTags = [...new Set(request.remove ?? [])];
  for (const key of removeTags) {
    const present = state.tag(subject.id, key);
    if (present === undefined)
      throw new RegistryError('TAG_NOT_FOUND', `There is no tag "${key}" to remove. Nothing was changed.`);
    tags[`${subject.id}/${key}`] = present;
  }
  const setTags = Object.fromEntries(changed);
  if (changed.length === 0 && removeTags.length === 0) return;
  await record(session, {
    expects: { tags },
    events: [
      subject.kind === 'model'
        ? { type: 'model.updated', model: subject.id, setTags, removeTags }
        : { type: 'version.annotated', version: subject.id, setTags, removeTags },
    ],
  });
}

export async function note(session: Session, request: { readonly ref: string; readonly text: string }): Promise<void> {
  const text = textOf(request.text, 'note');
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  await record(session, { events: [{ type: 'version.annotated', version: version.id, note: text }] });
}

/** See `RegistryCommands.describe`. */
export async function describe(session: Session, request: Parameters<Registry['describe']>[0]): Promise<void> {
  const description = request.text.trim();
  if (description.length > MAX_TEXT) {
    throw new RegistryError(
      'TEXT_TOO_LONG',
      `The description has ${description.length.toLocaleString('en-US')} characters, and the log keeps ${MAX_TEXT.toLocaleString('en-US')} at most. Shorten it, or register what is long as a file of the version. Nothing was changed.`,
    );
  }
  await readToWrite(session);
  const subject = subjectOf(session, request);
  if (request.expected !== undefined && request.expected.trim() !== subject.description.trim()) {
    throw new RegistryError(
      'CONFLICT',
      `Somebody else changed the description of ${request.ref} meanwhile. Look at what is there now, and change that. Nothing was changed.`,
      { details: { description: subject.description } },
    );
  }
  if (description === subject.description) return;
  await record(session, {
    expects: { descriptions: { [subject.id]: subject.description } },
    events: [
      subject.kind === 'model'
        ? { type: 'model.updated', model: subject.id, description }
        : { type: 'version.annotated', version: subject.id, description },
    ],
  });
}

export async function comment(
  session: Session,
  request: { readonly ref: string; readonly text: string; readonly onModel?: boolean },
): Promise<void> {
  const text = textOf(request.text, 'comment');
  await readToWrite(session);
  const subject = subjectOf(session, request);
  await record(session, {
    events: [{ type: 'comment.added', [subject.kind]: subject.id, text }],
  });
}

export async function deleteVersion(
  session: Session,
  request: { readonly ref: string; readonly reason: string },
): Promise<void> {
  const reason = reasonOf(request.reason);
  await readToWrite(session);
  const version = findVersion(session, request.ref);
  await record(session, {
    expects: { stages: { [version.id]: version.stage } },
    events: [{ type: 'version.deleted', version: version.id, reason }],
  });
}
