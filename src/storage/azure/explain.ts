import { RegistryError } from '../../base/errors.ts';
import { type Access, type Answer, answerOf } from './answers.ts';
import type { ContainerTarget } from './container-url.ts';
import { type AzureCredential, type SasFacts, sasFacts } from './credentials.ts';
import { tenantInChallenge } from './tenant.ts';

export interface Circumstances {
  readonly target: ContainerTarget;
  readonly credential: AzureCredential;
  /** Now by our own clock, and by how much it is ahead of the service's. */
  readonly now: number;
  readonly skewMs: number | undefined;
  /** Requests go through a proxy, as far as this program is told. */
  readonly isProxied?: boolean;
}

/** Signed requests are refused when the clocks differ by more (https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key). */
const MAX_SKEW_MS = 15 * 60 * 1000;

const RIGHTS = {
  read: { letter: 'r (read)', role: 'Storage Blob Data Reader', verb: 'read from' },
  list: { letter: 'l (list)', role: 'Storage Blob Data Reader', verb: 'list' },
  create: { letter: 'c (create)', role: 'Storage Blob Data Contributor', verb: 'create anything in' },
} as const;

/**
 * The error for what the service, or the way to it, answered: its cause, and what the person can do. Neither URLs with signatures nor the
 * SDK's own errors, which hold requests, get into it.
 */
export function explain(error: unknown, access: Access, circumstances: Circumstances): RegistryError {
  if (RegistryError.is(error)) return error;
  const answer = answerOf(error);
  const [code, message] =
    answer.status === undefined
      ? unanswered(error, answer, circumstances)
      : answered(answer, answer.status, access, circumstances);
  const { status, code: reason } = answer;
  return new RegistryError(code, message, { details: { ...(status === undefined ? {} : { status }), reason } });
}

const UNAUTHENTICATED: ReadonlySet<string> = new Set([
  'AuthenticationFailed',
  'InvalidAuthenticationInfo',
  'NoAuthenticationInformation',
]);

type Explained = readonly [code: string, message: string];

/** The service didn't get the request, or its answer got lost. */
function unanswered(error: unknown, { code, text }: Answer, { target }: Circumstances): Explained {
  const { host, account, isAzure } = target;
  // The proxy itself, or what it said to the request for a connection.
  if (/proxy|tunnel|CONNECT response|statusCode=\d{3}/i.test(text) && !isCertificateProblem(error))
    return proxyRefused(host);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const name = isAzure
      ? ` Offline, or is the account's name, ${account}, misspelled?`
      : ' Offline, or is it misspelled?';
    return ['REMOTE_NOT_RESOLVED', `The host ${host} can't be found.${name}`];
  }
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/.test(code)) {
    return [
      'REMOTE_UNREACHABLE',
      `${host} can't be reached (${code}). Offline, or is the port wrong, or is a firewall or VPN in the way?`,
    ];
  }
  if (isCertificateProblem(error)) {
    return [
      'REMOTE_TLS',
      `The connection to ${host} isn't trusted (${code}). Where a proxy of your organisation opens TLS connections, set NODE_EXTRA_CA_CERTS to its certificate; anywhere else, don't go on: somebody may be listening.`,
    ];
  }
  if (code === 'TimeoutError' || code === 'AbortError' || code === 'ETIMEDOUT' || code === 'ABORT_ERR') {
    return [
      'REMOTE_TIMEOUT',
      `${host} didn't answer in time. The connection is slow or blocked; what waits stays and is tried again.`,
    ];
  }
  if (
    /^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) ||
    /aborted|socket hang up/i.test(text)
  ) {
    return ['REMOTE_INTERRUPTED', `The connection to ${host} broke (${code}). It is tried again.`];
  }
  return ['REMOTE_FAILED', `Asking ${host} failed (${code}). Try again later; nothing that waits is lost.`];
}

function answered(answer: Answer, status: number, access: Access, circumstances: Circumstances): Explained {
  const { target } = circumstances;
  if (status === 407) return proxyRefused(target.host);
  if (!answer.isStorage) return notStorage(circumstances, status);
  if (status === 401 || status === 403) return refused(answer, access, circumstances);
  if (status === 404) return notFound(answer, circumstances);
  if (status === 429 || status >= 500) {
    return [
      'REMOTE_BUSY',
      `${target.host} is busy or has a problem of its own (${status} ${answer.code}). It is tried again.`,
    ];
  }
  if (answer.code === 'ContainerBeingDeleted') {
    return ['REMOTE_NOT_FOUND', `The container ${target.container} is being deleted.`];
  }
  if (answer.code === 'Md5Mismatch')
    return ['REMOTE_INTERRUPTED', 'Bytes were damaged on their way. They are sent again.'];
  if (answer.code === 'AuthorizationProtocolMismatch') return ['REMOTE_FORBIDDEN', 'The SAS token permits https only.'];
  if (/^PublicAccessNotPermitted|NoAuthenticationInformation$/.test(answer.code)) return noCredential(target);
  return [
    'REMOTE_FAILED',
    `${target.host} refused the request (${status} ${answer.code}). Try again later, and if it stays, ask whoever manages the storage account.`,
  ];
}

function refused(answer: Answer, access: Access, circumstances: Circumstances): Explained {
  const { target, credential, now, skewMs } = circumstances;
  const { host, container, account } = target;
  const { code, text, challenge } = answer;
  const facts = credential.kind === 'sas' ? sasFacts(credential.token) : {};
  const theirNow = now - (skewMs ?? 0);
  // Emulators call it a failed authorization.
  const isUnknown = code === 'AuthorizationFailure' && /failed to authenticate/i.test(text);
  if (isUnknown || UNAUTHENTICATED.has(code)) {
    const when = outOfTime(facts, theirNow, skewMs);
    if (when) return when;
    if (skewMs !== undefined && Math.abs(skewMs) > MAX_SKEW_MS) return clockSkew(host, skewMs);
    if (code === 'NoAuthenticationInformation') return noCredential(target);
    if (credential.kind === 'token') return tokenRefused(text, challenge, host);
    return [
      'REMOTE_CREDENTIAL_REFUSED',
      credential.kind === 'sas'
        ? `${host} doesn't accept the SAS token: it was made with another key or changed on the way, or the key was rotated. Get a new one for the container ${container}.`
        : `${host} doesn't accept the account key: it isn't one of ${account}, or was rotated. Copy the connection string again.`,
    ];
  }
  if (code === 'AuthorizationSourceIPMismatch') {
    return [
      'REMOTE_FORBIDDEN',
      `The SAS token doesn't permit this machine's address. Get one without that limit, or come from a network that it permits.`,
    ];
  }
  if (code === 'KeyBasedAuthenticationNotPermitted') {
    return [
      'REMOTE_FORBIDDEN',
      `The account ${account} permits no keys and no SAS made with them. Sign in with Microsoft instead (\`az login\`), or use a user delegation SAS.`,
    ];
  }
  if (code === 'AuthorizationServiceMismatch' || code === 'AuthorizationResourceTypeMismatch') {
    return [
      'REMOTE_FORBIDDEN',
      'The SAS token of the account lacks the blob service (ss=b), or containers and objects (srt=co). Get one with both.',
    ];
  }
  if (code === 'AccountIsDisabled') return ['REMOTE_FORBIDDEN', `The storage account ${account} is disabled.`];
  if (code === 'AuthorizationFailure' && !lacks(facts, access)) {
    return [
      'REMOTE_FIREWALL',
      `${host} doesn't permit this network: the account's firewall lets other networks in, or a private endpoint only. Use the VPN or network that it permits, or have this one's address added under Networking.`,
    ];
  }
  const { letter, role, verb } = RIGHTS[access];
  const what =
    credential.kind === 'sas'
      ? `The SAS token lacks the letter ${letter}`
      : `This account lacks the role ${role}, or one with the same rights`;
  const hint =
    credential.kind === 'sas'
      ? 'Get one with r, c and l for the container.'
      : `Have it given for the container ${container}; it takes some minutes to hold.`;
  return ['REMOTE_FORBIDDEN', `You may not ${verb} the container ${container}. ${what}. ${hint}`];
}

function outOfTime(
  { startsAt, expiresAt }: SasFacts,
  theirNow: number,
  skewMs: number | undefined,
): Explained | undefined {
  if (expiresAt !== undefined && expiresAt <= theirNow) {
    return [
      'REMOTE_CREDENTIAL_EXPIRED',
      `The SAS token expired at ${new Date(expiresAt).toISOString()}. Get a new one; nothing that waits is lost.`,
    ];
  }
  if (startsAt !== undefined && startsAt > theirNow) {
    const skew =
      skewMs !== undefined && skewMs > 60_000
        ? ` This machine's clock is ${minutes(skewMs)} ahead of the storage's.`
        : '';
    return [
      'REMOTE_CREDENTIAL_EARLY',
      `The SAS token holds from ${new Date(startsAt).toISOString()} on, and it is ${new Date(theirNow).toISOString()} there.${skew} Wait, or get one that begins earlier.`,
    ];
  }
  return undefined;
}

function clockSkew(host: string, skewMs: number): Explained {
  const side = skewMs > 0 ? 'ahead of' : 'behind';
  return [
    'REMOTE_CLOCK',
    `This machine's clock is ${minutes(Math.abs(skewMs))} ${side} that of ${host}, so its requests are refused. Set it right.`,
  ];
}

function tokenRefused(text: string, challenge: string | undefined, host: string): Explained {
  const tenant = tenantInChallenge(challenge);
  if (/issuer/i.test(text)) {
    const named = tenant === undefined ? '' : ` (${tenant})`;
    const how = tenant === undefined ? '`az login --tenant TENANT`' : `\`az login --tenant ${tenant}\``;
    return [
      'REMOTE_TENANT',
      `The sign-in is of another tenant than the one that the storage account belongs to${named}. Sign in to that one: ${how}, or choose it in the editor.`,
    ];
  }
  if (/lifetime|expired/i.test(text)) {
    return ['REMOTE_CREDENTIAL_EXPIRED', 'The sign-in has expired. Sign in again; nothing that waits is lost.'];
  }
  return [
    'REMOTE_CREDENTIAL_REFUSED',
    `${host} doesn't accept the sign-in. Sign in again, with an account that may use the container.`,
  ];
}

function notFound({ code }: Answer, { target, credential }: Circumstances): Explained {
  const { container, host, account } = target;
  if (code === 'ContainerNotFound' || code === 'ResourceNotFound') {
    const key = credential.kind === 'sas' ? ' (or the SAS token is of another container)' : '';
    return [
      'REMOTE_NOT_FOUND',
      `${host} has no container ${container}${key}. Check its name, or create it: az storage container create --account-name ${account} --name ${container}`,
    ];
  }
  return ['REMOTE_NOT_FOUND', `${host} says that there is nothing (${code}). Check the URL.`];
}

function noCredential({ host, container }: ContainerTarget): Explained {
  return [
    'REMOTE_CREDENTIAL_MISSING',
    `${host} wants to know who asks for the container ${container}. ${HOW_TO_SIGN_IN}`,
  ];
}

/** What a person can do who has given no credential. */
export const HOW_TO_SIGN_IN =
  'Set AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING, or sign in with `az login`; in the editor: "Model Registry: Connect Shared Storage".';

function proxyRefused(host: string): Explained {
  return [
    'REMOTE_PROXY',
    `The proxy on the way to ${host} refused the connection, or wants a name and password. Check HTTPS_PROXY, and NO_PROXY where the host shouldn't go through it.`,
  ];
}

function notStorage({ target: { host }, isProxied }: Circumstances, status: number): Explained {
  if (isProxied && status >= 400) {
    return [
      'REMOTE_PROXY',
      `The proxy on the way to ${host} answered instead (${status}): it doesn't permit that host, or can't reach it. Have it permitted, or check HTTPS_PROXY and NO_PROXY.`,
    ];
  }
  return [
    'REMOTE_NOT_STORAGE',
    `What answered for ${host} isn't blob storage (${status}). Is the URL right? A proxy or the sign-in page of a network may have answered instead.`,
  ];
}

/** The connection isn't trusted, so that nothing was sent. */
export function isCertificateProblem(error: unknown): boolean {
  const { status, code, text } = answerOf(error);
  if (status !== undefined) return false;
  return (
    /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS|EPROTO|ERR_SSL/.test(code) ||
    /certificate|SSL routines/i.test(text)
  );
}

/** The right isn't among those that the token says it gives. */
function lacks({ permissions }: SasFacts, access: Access): boolean {
  if (permissions === undefined) return false;
  return !(access === 'create' ? /[cw]/ : access === 'list' ? /l/ : /r/).test(permissions);
}

function minutes(milliseconds: number): string {
  const count = Math.round(milliseconds / 60_000);
  return count === 1 ? 'a minute' : `${count} minutes`;
}

/** Whether asking again may help at once. */
export function isPassing(error: unknown): boolean {
  return RegistryError.is(error, 'REMOTE_BUSY') || RegistryError.is(error, 'REMOTE_INTERRUPTED');
}
