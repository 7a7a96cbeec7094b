import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** The folder that a remote's URL names; undefined for a remote that isn't one. */
export function folderOfRemote(url: string): string | undefined {
  if (isAbsolute(url)) return url;
  return url.startsWith('file:') ? fileURLToPath(url) : undefined;
}

/**
 * What a remote is remembered by: an absolute folder or a container's URL, without a slash at its end. Throws `REMOTE_URL_INVALID`, and
 * `REMOTE_URL_SECRET` for one that carries a secret.
 */
export function remoteUrl(text: string): string {
  const folder = folderOfRemote(text);
  if (folder !== undefined) return folder.length > 1 ? folder.replace(/[/\\]+$/, '') : folder;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid();
  }
  if (!/^https?:$/.test(url.protocol) || url.pathname.length < 2) throw invalid();
  if (url.search !== '' || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new RegistryError(
      'REMOTE_URL_SECRET',
      'The URL of shared storage is remembered in plain text, so it can carry no secret. Give it up to the container, without what follows the "?", and put a SAS token into AZURE_STORAGE_SAS_TOKEN.',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function invalid(): RegistryError {
  return new RegistryError(
    'REMOTE_URL_INVALID',
    "That isn't the URL of a container or an absolute folder. Write https://ACCOUNT.blob.core.windows.net/CONTAINER, or the folder of a network drive.",
  );
}
