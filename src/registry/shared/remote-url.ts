import platform, { type PlatformPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RegistryError } from '../../base/errors.ts';

type Platform = Pick<PlatformPath, 'isAbsolute'>;

/** The folder that a remote's URL names; undefined for a remote that isn't one. */
export function folderOfRemote(url: string, { isAbsolute }: Platform = platform): string | undefined {
  if (isAbsolute(url)) return url;
  return url.startsWith('file:') ? fileURLToPath(url) : undefined;
}

/**
 * What a remote is remembered by: an absolute folder or a container's URL, without a slash at its end. Throws `REMOTE_URL_INVALID`, and
 * `REMOTE_URL_SECRET` for one that carries a secret.
 */
export function remoteUrl(text: string, system: Platform = platform): string {
  const folder = folderOfRemote(text, system);
  if (folder !== undefined) {
    const short = folder.replace(/[/\\]+$/, '');
    // Without its slash, the root of a drive would be whatever folder is the current one there.
    return system.isAbsolute(short) ? short : folder;
  }
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
