import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline';
import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
import { jsonIfAny } from '../../base/json-if-any.ts';
import type { AccessToken } from './credentials.ts';
import { isCertificateProblem } from './explain.ts';
import { trustSystemCertificates } from './system-certificates.ts';

/** A way to a token. Undefined where it isn't set up on this machine. */
export type TokenSource = (env: NodeJS.ProcessEnv) => Promise<(() => Promise<AccessToken>) | undefined>;

const SCOPE = 'https://storage.azure.com/.default';
const RESOURCE = 'https://storage.azure.com/';
const REQUEST_MS = 10_000;
/** The address of instance metadata answers at once where there is any. */
const PROBE_MS = 500;
const AZ_MS = 15_000;
/** Tokens are replaced when they hold for less. */
const MARGIN_MS = 5 * 60 * 1000;

const answerSchema = v.object({
  access_token: v.string(),
  expires_in: v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.number()), 3600),
});
const azSchema = v.object({
  accessToken: v.string(),
  expires_on: v.optional(v.number()),
  expiresOn: v.optional(v.string()),
});

/** An application with a secret, under the names that Azure's tools use. */
export const servicePrincipal: TokenSource = async (env) => {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = env;
  if (!tenant || !client || !secret) return undefined;
  const form = { client_id: client, client_secret: secret };
  return () => fromLogin(env, tenant, form, 'AZURE_CLIENT_SECRET');
};

/** A federated token that Kubernetes or a pipeline puts into a file. */
export const workloadIdentity: TokenSource = async (env) => {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_FEDERATED_TOKEN_FILE: file } = env;
  if (!tenant || !client || !file) return undefined;
  return async () => {
    const assertion = await readFile(file, 'utf8').catch(() => {
      throw refused('AZURE_FEDERATED_TOKEN_FILE', 'the file that it names can’t be read');
    });
    const form = {
      client_id: client,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion.trim(),
    };
    return fromLogin(env, tenant, form, 'AZURE_FEDERATED_TOKEN_FILE');
  };
};

/** The identity of a machine in Azure: App Service by its endpoint, virtual machines by instance metadata. */
export const managedIdentity: TokenSource = async (env) => {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: secret, AZURE_CLIENT_ID: client } = env;
  const query = (version: string) => {
    const params = new URLSearchParams({ 'api-version': version, resource: RESOURCE });
    if (client) params.set('client_id', client);
    return params.toString();
  };
  if (endpoint && secret) {
    const url = `${endpoint}?${query('2019-08-01')}`;
    return () => asked(url, { headers: { 'X-IDENTITY-HEADER': secret } }, 'The managed identity');
  }
  const origin = env.AZURE_POD_IDENTITY_AUTHORITY_HOST?.replace(/\/+$/, '') || 'http://169.254.169.254';
  const url = `${origin}/metadata/identity/oauth2/token?${query('2018-02-01')}`;
  // Without its header the service refuses at once: that it answers is enough.
  const isThere = await send(url, { timeoutMs: PROBE_MS, isDirect: true }).then(
    ({ status }) => status === 400,
    () => false,
  );
  if (!isThere) return undefined;
  return () => asked(url, { headers: { Metadata: 'true' }, isDirect: true }, 'The managed identity');
};

/** Whoever is signed in to the Azure CLI. */
export const azureCli: TokenSource = async (env) => {
  const tenant = env.AZURE_TENANT_ID;
  const args = ['account', 'get-access-token', '--output', 'json', '--scope', SCOPE];
  if (tenant && /^[\w.-]+$/.test(tenant)) args.push('--tenant', tenant);
  const ask = () =>
    promisify(execFile)('az', args, { env, timeout: AZ_MS, shell: process.platform === 'win32', windowsHide: true });
  const first = await ask().catch((error: unknown) => {
    // Not installed, or nobody signed in: the next way, and in the end the error that names all of them.
    void error;
    return undefined;
  });
  if (!first) return undefined;
  let ready: AccessToken | undefined = fromAz(first.stdout);
  return async () => {
    const token = ready ?? fromAz((await ask()).stdout);
    ready = undefined;
    return token;
  };
};

/** Keeps a token as long as it holds, and asks once for many who want it at the same time. */
export function kept(get: () => Promise<AccessToken>, clock: () => number): () => Promise<AccessToken> {
  let asked: Promise<AccessToken> | undefined;
  let expiresAt = Number.POSITIVE_INFINITY;
  return () => {
    if (expiresAt - clock() < MARGIN_MS) asked = undefined;
    asked ??= get().then(
      (token) => {
        expiresAt = token.expiresAt;
        return token;
      },
      (error: unknown) => {
        asked = undefined;
        throw error;
      },
    );
    return asked;
  };
}

function fromAz(stdout: string): AccessToken {
  const { accessToken, expires_on: seconds, expiresOn } = v.parse(azSchema, JSON.parse(stdout));
  const expiresAt = seconds === undefined ? Date.parse(expiresOn ?? '') : seconds * 1000;
  return { token: accessToken, expiresAt: Number.isNaN(expiresAt) ? Date.now() + MARGIN_MS : expiresAt };
}

async function fromLogin(
  env: NodeJS.ProcessEnv,
  tenant: string,
  form: Readonly<Record<string, string>>,
  what: string,
): Promise<AccessToken> {
  const authority = (env.AZURE_AUTHORITY_HOST || 'https://login.microsoftonline.com').replace(/\/+$/, '');
  const url = `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  const body = new URLSearchParams({ ...form, grant_type: 'client_credentials', scope: SCOPE }).toString();
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return asked(url, { method: 'POST', body, headers }, what);
}

interface Ask {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
  /** Past any proxy: the address is one of this machine's network. */
  readonly isDirect?: boolean;
}

async function asked(url: string, ask: Ask, what: string): Promise<AccessToken> {
  const again = (error: unknown) => {
    // Nothing was sent where the connection wasn't trusted.
    if (isCertificateProblem(error) && trustSystemCertificates()) return send(url, ask);
    throw error;
  };
  const { status, text } = await send(url, ask)
    .catch(again)
    .catch((error: unknown) => {
      if (isCertificateProblem(error)) throw refused(what, 'the certificate of the sign-in service isn’t trusted');
      throw refused(
        what,
        error instanceof Error && error.name === 'AbortError'
          ? 'nothing answered in time'
          : 'the sign-in service can’t be reached',
      );
    });
  if (status !== 200) {
    // The service's short names only: its texts repeat what was sent.
    const name = /"error"\s*:\s*"([a-z_]{1,40})"/.exec(text)?.[1];
    const number = /\b(AADSTS\d{4,8})\b/.exec(text)?.[1];
    throw refused(what, [`the sign-in service answered ${status}`, name, number].filter(Boolean).join(' '));
  }
  const parsed = v.safeParse(answerSchema, jsonIfAny(text));
  if (!parsed.success) throw refused(what, 'the sign-in service gave no token');
  const { access_token: token, expires_in: seconds } = parsed.output;
  return { token, expiresAt: Date.now() + seconds * 1000 };
}

async function send(url: string, { method = 'GET', headers = {}, body, timeoutMs = REQUEST_MS, isDirect }: Ask) {
  const pipeline = createPipelineFromOptions({
    retryOptions: { maxRetries: isDirect ? 0 : 2 },
    redirectOptions: { maxRetries: 0 },
  });
  if (isDirect) pipeline.removePolicy({ name: 'proxyPolicy' });
  const request = createPipelineRequest({
    url,
    method,
    allowInsecureConnection: true,
    timeout: timeoutMs,
    abortSignal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body }),
  });
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  const { status, bodyAsText } = await pipeline.sendRequest(createDefaultHttpClient(), request);
  return { status, text: bodyAsText ?? '' };
}

function refused(what: string, why: string): RegistryError {
  return new RegistryError('SIGN_IN_FAILED', `${what} gave no access: ${why}. Check it, or sign in another way.`);
}
