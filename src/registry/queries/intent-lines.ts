import { RegistryError } from '../../base/errors.ts';
import { registeredAt } from '../../catalog/version-queries.ts';
import { MAX_COMMIT_BYTES } from '../../log/commit.ts';
import type { EventOf } from '../../log/events.ts';
import { decodeIntent, encodeIntent, isKnownEvent } from '../../log/intent.ts';
import { readCommit } from '../../log/log-reader.ts';
import { dbOf, type Session, stateOf } from '../session.ts';

/** The lines of a commit's intents, by their position. Throws `LOG_GAP` where the commit is gone. */
export async function intentLines(session: Session, seq: number): Promise<readonly Uint8Array[]> {
  const { catalog } = session;
  if (seq > catalog.position.seq) return catalog.over.map(encodeIntent);
  const bytes = await readCommit(session.store, seq);
  if (!bytes)
    throw new RegistryError('LOG_GAP', `Commit ${seq} is missing from the log. Run \`model-registry verify\`.`);
  const lines: Uint8Array[] = [];
  for (let start = 0; start < Math.min(bytes.length, MAX_COMMIT_BYTES); ) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) break;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines.slice(1);
}

/** The event that registered a version; undefined where the log doesn't have it any more as it was. */
export async function registrationOf(
  session: Session,
  version: string,
): Promise<EventOf<'version.registered'> | undefined> {
  const place = registeredAt(dbOf(session), version);
  if (!place) return undefined;
  const line = (await intentLines(session, place.seq))[place.position];
  const decoded = line && decodeIntent(line);
  if (decoded?.kind !== 'intent') return undefined;
  for (const event of decoded.intent.events) {
    if (!isKnownEvent(event) || event.type !== 'version.registered') continue;
    if (stateOf(session).version(event.version)?.id === version) return event;
  }
  return undefined;
}
