import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { type Intent, isKnownEvent } from '../log/intent.ts';
import type { SyncOptions } from './shared-authority.ts';

/** That bytes are in the remote, as an intent says it. */
export interface Publication {
  readonly artifact: string;
  readonly version?: string;
}

/** Brings bytes into the remote. */
export interface Publisher {
  /** True once every object of the artifact was seen in the remote, verified. */
  isPublished(digest: string): boolean;
  /** Stores what the remote lacks of an artifact. Throws where that isn't possible now. */
  publish(digest: string, options: OperationOptions): Promise<void>;
  /** Stores an object that an intent names by itself, where this disk has it. Throws where that isn't possible now. */
  attach(digest: string): Promise<void>;
  /** Whether bringing it there takes no longer than a commit. */
  isSmall(digest: string): boolean;
  /** False while somebody else, who registered the same bytes before `version`, is about to do it. */
  isOurs(digest: string, version: string | undefined): boolean;
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
