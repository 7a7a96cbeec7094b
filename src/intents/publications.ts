import { RegistryError } from '../base/errors.ts';
import { type Intent, isKnownEvent } from '../log/intent.ts';
import type { Publisher, SyncOptions } from './shared-authority.ts';

/** That bytes are in the remote, as an intent says it. */
export interface Publication {
  readonly artifact: string;
  readonly version?: string;
}

/** The artifacts that an intent says are in the remote. */
export function publicationsOf(intent: Intent): readonly Publication[] {
  return intent.events.flatMap((event) => {
    if (!isKnownEvent(event) || event.type !== 'artifact.published') return [];
    const { artifact, version } = event;
    return [{ artifact, ...(typeof version === 'string' ? { version } : {}) }];
  });
}

/** Digests of the objects that an intent names beside artifacts: they go before it. */
export function attachedObjects(intent: Intent): readonly string[] {
  return intent.events.flatMap((event) => {
    if (!isKnownEvent(event)) return [];
    if (event.type === 'gate.recorded') return event.evidence ?? [];
    if (event.type === 'version.evaluated') return event.predictions?.object ?? [];
    if (event.type !== 'version.registered') return [];
    return [event.facts?.object, event.history, event.code?.changes?.patch].filter(
      (digest) => typeof digest === 'string',
    );
  });
}

/** Whether this call is to bring the bytes there. */
export function isWanted({ artifact, version }: Publication, publisher: Publisher, { bytesOf }: SyncOptions): boolean {
  if (bytesOf?.includes(artifact)) return true;
  return (bytesOf === undefined || publisher.isSmall(artifact)) && publisher.isOurs(artifact, version);
}

/** Something is wrong with the artifact on this disk, or with what the remote has of it: others aren't concerned. */
export function isOfArtifact(error: unknown): boolean {
  return RegistryError.is(error) && /^(OBJECT|MANIFEST|REMOTE_OBJECT)_/.test(error.code);
}
