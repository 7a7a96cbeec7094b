import { RegistryError } from '../../base/errors.ts';

/** A container of blob storage, as its URL names it. */
export interface ContainerTarget {
  /** Without a slash at its end. */
  readonly origin: string;
  readonly host: string;
  readonly account: string;
  readonly container: string;
  /** URL of the container, without the prefix. */
  readonly containerUrl: string;
  /** What the names of a registry's blobs begin with: empty, or ending in `/`. */
  readonly prefix: string;
  /** Whether the host is one of Azure's own, over TLS. Sign-in tokens go nowhere else. */
  readonly isAzure: boolean;
  /** Whether the host is this machine, as Azurite is. */
  readonly isLoopback: boolean;
}

/** The endpoints of Azure's clouds (https://learn.microsoft.com/azure/storage/common/storage-account-overview). */
const AZURE_HOST =
  /^([a-z0-9]{3,24})(-secondary)?\.blob\.(core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net|core\.cloudapi\.de)$/;
/** Accounts with a DNS zone of their own. */
const AZURE_ZONE_HOST = /^([a-z0-9]{3,24})\.z\d{1,2}\.blob\.storage\.azure\.net$/;
const CONTAINER = /^(\$root|[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9])$/;

/** Throws `REMOTE_URL_INVALID`. `url` is one that `remoteUrl` let through. */
export function containerTarget(url: string): ContainerTarget {
  const { protocol, origin, host, hostname, pathname } = new URL(url);
  const segments = pathname.split('/').filter((segment) => segment !== '');
  const account = AZURE_HOST.exec(hostname)?.[1] ?? AZURE_ZONE_HOST.exec(hostname)?.[1];
  const isAzure = account !== undefined && protocol === 'https:';
  // Elsewhere, as in Azurite, the account is the first part of the path.
  const [named = '', container = '', ...rest] = account === undefined ? segments : [account, ...segments];
  if (account !== undefined && !isAzure) {
    throw new RegistryError('REMOTE_URL_INVALID', 'Blob storage is read over TLS only. Begin its URL with https://.');
  }
  if (!CONTAINER.test(container) || !rest.every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment))) {
    throw new RegistryError(
      'REMOTE_URL_INVALID',
      `${url} doesn't name a container. Give its URL as the portal shows it: https://ACCOUNT.blob.core.windows.net/CONTAINER, with a folder inside it after that where you want one.`,
    );
  }
  return {
    origin,
    host,
    account: named,
    container,
    containerUrl: account === undefined ? `${origin}/${named}/${container}` : `${origin}/${container}`,
    prefix: rest.length === 0 ? '' : `${rest.join('/')}/`,
    isAzure,
    isLoopback: /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname),
  };
}
