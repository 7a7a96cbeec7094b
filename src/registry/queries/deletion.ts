import { type DeletedVersion, deletedVersion } from '../../catalog/deleted-queries.ts';
import type { Deletion } from '../../catalog/read-models/versions.ts';
import { decodeIntent, isKnownEvent } from '../../log/intent.ts';
import { findModelIfAny } from '../references.ts';
import { dbOf, type Session, stateOf } from '../session.ts';
import { intentLines } from './intent-lines.ts';

/** The deleted version that a reference by number or id names; undefined where it names none. */
export function findDeleted(session: Session, ref: string): DeletedVersion | undefined {
  const db = dbOf(session);
  const id = stateOf(session).version(ref)?.id;
  if (id !== undefined) return deletedVersion(db, { id });
  const [, name = '', number = ''] = /^(.+)@(\d{1,15})$/.exec(ref) ?? [];
  const model = name === '' ? undefined : findModelIfAny(session, name);
  return model && deletedVersion(db, { model: model.id, number: Number(number) });
}

/** Who deleted a version, when and why, as the log has it. */
export async function deletionOf(
  session: Session,
  { version, seq, at }: DeletedVersion,
): Promise<Deletion | undefined> {
  for (const line of await intentLines(session, seq)) {
    const decoded = decodeIntent(line);
    if (decoded.kind !== 'intent') continue;
    for (const event of decoded.intent.events) {
      if (!isKnownEvent(event)) continue;
      const isIt =
        (event.type === 'version.deleted' && stateOf(session).version(event.version)?.id === version.id) ||
        (event.type === 'model.deleted' && stateOf(session).model(event.model)?.id === version.modelId);
      if (isIt) return { at: at ?? decoded.intent.askedAt, by: decoded.intent.by, reason: event.reason };
    }
  }
  return undefined;
}
