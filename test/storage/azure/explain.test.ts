import { describe, expect, it } from 'vitest';
import type { Access } from '../../../src/storage/azure/answers.ts';
import { containerTarget } from '../../../src/storage/azure/container-url.ts';
import type { AzureCredential } from '../../../src/storage/azure/credentials.ts';
import { explain } from '../../../src/storage/azure/explain.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const SECRET = 'c2VjcmV0';
const target = containerTarget('https://contoso.blob.core.windows.net/models');
const token: AzureCredential = { kind: 'token', getToken: async () => ({ token: SECRET, expiresAt: NOW }) };
const sas = (rest = 'sp=rl&se=2026-12-01T00:00:00Z'): AzureCredential => ({
  kind: 'sas',
  token: `${rest}&sig=${SECRET}`,
});

/** An answer with the bodies and headers that https://learn.microsoft.com/rest/api/storageservices documents. */
function answered(status: number, code: string, body = '', headers: Readonly<Record<string, string>> = {}): Error {
  const all: Readonly<Record<string, string>> = { 'x-ms-request-id': 'id', 'x-ms-error-code': code, ...headers };
  return Object.assign(new Error(`${body} sig=${SECRET}`), {
    statusCode: status,
    code,
    response: { headers: { get: (name: string) => all[name] }, bodyAsText: body },
    request: { url: `https://contoso.blob.core.windows.net/models?sig=${SECRET}` },
  });
}

const unanswered = (code: string, message = code) => Object.assign(new Error(message), { code });

function told(error: Error, credential: AzureCredential, access: Access = 'read', skewMs = 0) {
  const explained = explain(error, access, { target, credential, now: NOW, skewMs });
  expect(JSON.stringify([explained.message, explained.details, explained.cause ?? null])).not.toContain(SECRET);
  return `${explained.code}: ${explained.message}`;
}

describe('an error of blob storage', () => {
  it.each<[string, Error, AzureCredential, Access, RegExp]>([
    [
      'a letter missing to create',
      answered(403, 'AuthorizationPermissionMismatch'),
      sas(),
      'create',
      /FORBIDDEN.*letter c/,
    ],
    [
      'a letter missing to list',
      answered(403, 'AuthorizationPermissionMismatch'),
      sas('sp=rc'),
      'list',
      /FORBIDDEN.*letter l/,
    ],
    [
      'a role missing to read',
      answered(403, 'AuthorizationPermissionMismatch'),
      token,
      'read',
      /FORBIDDEN.*Blob Data Reader/,
    ],
    [
      'a role missing to create',
      answered(403, 'AuthorizationPermissionMismatch'),
      token,
      'create',
      /Blob Data Contributor/,
    ],
    [
      'a firewall',
      answered(403, 'AuthorizationFailure', 'This request is not authorized to perform this operation.'),
      token,
      'read',
      /REMOTE_FIREWALL.*network/,
    ],
    ['an address that the token excludes', answered(403, 'AuthorizationSourceIPMismatch'), sas(), 'read', /address/],
    ['keys not permitted', answered(403, 'KeyBasedAuthenticationNotPermitted'), sas(), 'read', /permits no keys/],
    ['an account SAS without containers', answered(403, 'AuthorizationResourceTypeMismatch'), sas(), 'list', /srt=co/],
    [
      'an expired SAS',
      answered(403, 'AuthenticationFailed'),
      sas('sp=rcl&se=2026-11-20T08:00:00Z'),
      'read',
      /EXPIRED.*2026-11-20T08:00:00/,
    ],
    [
      'a SAS that isn’t valid yet',
      answered(403, 'AuthenticationFailed'),
      sas('sp=rcl&st=2026-11-24T00:00:00Z'),
      'read',
      /EARLY.*2026-11-24/,
    ],
    [
      'a SAS of another key',
      answered(403, 'AuthenticationFailed', 'Signature did not match'),
      sas(),
      'read',
      /CREDENTIAL_REFUSED.*another key/,
    ],
    [
      'a wrong account key',
      answered(403, 'AuthenticationFailed'),
      { kind: 'key', account: 'contoso', key: SECRET },
      'read',
      /account key/,
    ],
    [
      'a sign-in of another tenant',
      answered(401, 'InvalidAuthenticationInfo', 'Issuer validation failed. Issuer did not match.', {
        'www-authenticate':
          'Bearer authorization_uri=https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/authorize resource_id=https://storage.azure.com',
      }),
      token,
      'read',
      /REMOTE_TENANT.*11111111-2222-3333-4444-555555555555/,
    ],
    [
      'a sign-in that has expired',
      answered(401, 'InvalidAuthenticationInfo', 'Lifetime validation failed. The token is expired.'),
      token,
      'read',
      /EXPIRED.*Sign in again/,
    ],
    ['no credential', answered(401, 'NoAuthenticationInformation'), token, 'read', /CREDENTIAL_MISSING/],
    ['no container', answered(404, 'ContainerNotFound'), token, 'read', /NOT_FOUND.*az storage container create/],
    ['a busy service', answered(503, 'ServerBusy'), token, 'read', /REMOTE_BUSY/],
    ['too many requests', answered(429, 'TooManyRequests'), token, 'read', /REMOTE_BUSY/],
    [
      'a sign-in page in between',
      answered(404, 'Error', '<html>', { 'x-ms-request-id': '', 'x-ms-error-code': '' }),
      token,
      'read',
      /NOT_STORAGE/,
    ],
    [
      'a proxy that wants a password',
      answered(407, 'Error', '', { 'x-ms-request-id': '', 'x-ms-error-code': '' }),
      token,
      'read',
      /REMOTE_PROXY.*HTTPS_PROXY/,
    ],
    ['a name that isn’t there', unanswered('ENOTFOUND'), token, 'read', /NOT_RESOLVED.*contoso/],
    ['a closed port', unanswered('ECONNREFUSED'), token, 'read', /UNREACHABLE.*port/],
    [
      'a certificate of nobody',
      unanswered('DEPTH_ZERO_SELF_SIGNED_CERT'),
      token,
      'read',
      /REMOTE_TLS.*NODE_EXTRA_CA_CERTS/,
    ],
    ['a certificate of another host', unanswered('ERR_TLS_CERT_ALTNAME_INVALID'), token, 'read', /REMOTE_TLS/],
    [
      'an answer that doesn’t come',
      unanswered('AbortError', 'The operation was aborted'),
      token,
      'read',
      /REMOTE_TIMEOUT/,
    ],
    ['a connection that breaks', unanswered('ECONNRESET'), token, 'read', /REMOTE_INTERRUPTED/],
  ])('names its cause, without a secret: %s', (_what, error, credential, access, text) => {
    expect(told(error, credential, access)).toMatch(text);
  });

  it('tells a clock that is wrong', () => {
    const key: AzureCredential = { kind: 'key', account: 'contoso', key: SECRET };
    expect(told(answered(403, 'AuthenticationFailed'), key, 'read', 40 * 60_000)).toMatch(
      /REMOTE_CLOCK.*40 minutes ahead/,
    );
  });
});
