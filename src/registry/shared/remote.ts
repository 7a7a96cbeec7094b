import { RegistryError } from '../../base/errors.ts';
import { filesystemStore } from '../../storage/filesystem-store.ts';
import { FORMAT_KEY } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';

/** A shared store that answers. */
export interface RemoteConnection {
  readonly store: ObjectStore;
  /** The remote's clock, as far as it is known. */
  now(): number;
  /** Throws `REMOTE_NOT_FOUND` where the storage, or the registry in it, isn't there any more. Left out where every answer would tell. */
  check?(): Promise<void>;
  /** What was asked of it since it was connected, where requests cost something. */
  stats(): RemoteStats | undefined;
}

export interface RemoteStats {
  readonly requests: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Connects to a remote by its URL. Throws `REMOTE_…`. */
export type ConnectRemote = (url: string) => Promise<RemoteConnection>;

/** A folder that several machines share, such as a network drive. */
export function folderRemote(dir: string, clock: () => number): RemoteConnection {
  const store = filesystemStore(dir);
  return {
    store,
    now: clock,
    stats: () => undefined,
    async check() {
      if (await store.head(FORMAT_KEY)) return;
      throw new RegistryError(
        'REMOTE_NOT_FOUND',
        `The shared folder ${dir} can't be found, or has no registry any more. Is the network drive connected? What waits to be shared stays.`,
      );
    },
  };
}
