import { attachedObject } from '../facts/attached.ts';
import { findVersion } from '../references.ts';
import { readToHead, type Session } from '../session.ts';
import { registrationOf } from './intent-lines.ts';

/** See `RegistryQueries.patch`. */
export async function patch(session: Session, request: { readonly ref: string }): Promise<Uint8Array | undefined> {
  await readToHead(session);
  const { id } = findVersion(session, request.ref);
  const digest = (await registrationOf(session, id))?.code?.changes?.patch;
  return digest === undefined ? undefined : attachedObject(session, digest);
}
