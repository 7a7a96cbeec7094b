import { RegistryError } from '../../base/errors.ts';
import type { ContainerTarget } from './container-url.ts';

/** What a container is opened with. */
export type AzureCredential =
  | { readonly kind: 'sas'; readonly token: string }
  | { readonly kind: 'key'; readonly account: string; readonly key: string }
  | { readonly kind: 'token'; readonly getToken: () => Promise<AccessToken> };

export interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The parts of a shared access signature that errors are explained by; none of them is secret. */
export interface SasFacts {
  readonly startsAt?: number;
  readonly expiresAt?: number;
  /** Letters of what it permits, such as `rcl`; absent where a policy stored with the container says it. */
  readonly permissions?: string;
  /** For a signature of the account: the services and the kinds of resource. */
  readonly services?: string;
  readonly resourceTypes?: string;
}

/** A SAS token without what people copy along: a URL before it, a question mark, spaces. Throws `CREDENTIAL_INVALID`. */
export function sasCredential(text: string): AzureCredential {
  const token = text.trim().replace(/^[^?]*\?/, '');
  if (!new URLSearchParams(token).get('sig')) {
    throw new RegistryError(
      'CREDENTIAL_INVALID',
      'The SAS token has no signature (sig=). Copy the whole token, as the portal or `az storage container generate-sas` shows it.',
    );
  }
  return { kind: 'sas', token };
}

export function sasFacts(token: string): SasFacts {
  const params = new URLSearchParams(token);
  const time = (name: string) => {
    const value = Date.parse(params.get(name) ?? '');
    return Number.isNaN(value) ? undefined : value;
  };
  const facts = {
    startsAt: time('st'),
    expiresAt: time('se'),
    permissions: params.get('sp') ?? undefined,
    services: params.get('ss') ?? undefined,
    resourceTypes: params.get('srt') ?? undefined,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * The credential in a connection string, for the container that it is used for. Throws `CREDENTIAL_INVALID`, and `CREDENTIAL_MISMATCH`
 * where it belongs to another account or host: a secret is sent nowhere else.
 */
export function connectionStringCredential(text: string, target: ContainerTarget): AzureCredential {
  const parts = new Map(
    text
      .split(';')
      .map((part) => /^\s*([A-Za-z]+)=(.*)$/s.exec(part.trim()))
      .filter((match) => match !== null)
      .map(([, name = '', value = '']) => [name.toLowerCase(), value] as const),
  );
  if (/^usedevelopmentstorage$/i.test([...parts.keys()][0] ?? '')) {
    return checked({ kind: 'key', account: 'devstoreaccount1', key: DEVELOPMENT_KEY }, target.isLoopback, target);
  }
  const account = parts.get('accountname');
  const key = parts.get('accountkey');
  const signature = parts.get('sharedaccesssignature');
  const endpoint = parts.get('blobendpoint');
  const isThere =
    endpoint === undefined
      ? target.isAzure && (account === undefined || account === target.account)
      : `${target.containerUrl}/`.startsWith(`${endpoint.replace(/\/+$/, '')}/`);
  if (signature !== undefined) return checked(sasCredential(signature), isThere, target);
  if (account === undefined || key === undefined) {
    throw new RegistryError(
      'CREDENTIAL_INVALID',
      'The connection string has neither AccountName and AccountKey nor SharedAccessSignature. Copy it whole from the access keys of the storage account.',
    );
  }
  return checked({ kind: 'key', account, key }, isThere, target);
}

function checked(credential: AzureCredential, isThere: boolean, target: ContainerTarget): AzureCredential {
  if (isThere) return credential;
  throw new RegistryError(
    'CREDENTIAL_MISMATCH',
    `The connection string belongs to another storage account than ${target.host}, so nothing was sent there. Use the one of that account.`,
  );
}

/** Throws `CREDENTIAL_MISMATCH` where sending the credential to this host would give it away. */
export function checkHost(credential: AzureCredential, target: ContainerTarget): void {
  if (target.isAzure) return;
  // A shared key never leaves this machine: requests are signed with it.
  if (credential.kind === 'key' || (credential.kind === 'sas' && target.isLoopback)) return;
  throw new RegistryError(
    'CREDENTIAL_MISMATCH',
    `${target.host} isn't a host of Azure's blob storage, so no ${credential.kind === 'sas' ? 'SAS' : 'sign-in'} token was sent there. Check the URL; a host of your own works with a connection string that names it as BlobEndpoint.`,
  );
}

/** The account key of the storage emulators, the same everywhere and documented (https://learn.microsoft.com/azure/storage/common/storage-connect-azurite). */
const DEVELOPMENT_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
