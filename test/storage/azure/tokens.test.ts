import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { containerTarget } from '../../../src/storage/azure/container-url.ts';
import { environmentCredential } from '../../../src/storage/azure/environment.ts';
import { tenantOf } from '../../../src/storage/azure/tenant.ts';
import {
  azureCli,
  kept,
  managedIdentity,
  servicePrincipal,
  workloadIdentity,
} from '../../../src/storage/azure/tokens.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Asked {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A service that gives tokens, answering as Microsoft's documentation says. */
async function service(answer: (asked: Asked) => { readonly status: number; readonly body: unknown }) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const one = { url: request.url ?? '', headers: request.headers, body };
    asked.push(one);
    const { status, body: content } = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => new Promise((done) => server.close(done)));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, asked };
}

const gives = (token: string) => () => ({ status: 200, body: { access_token: token, expires_in: 3600 } });
const target = containerTarget('https://contoso.blob.core.windows.net/models');
const ids = { AZURE_TENANT_ID: 'contoso.com', AZURE_CLIENT_ID: 'app' };

async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-tokens-'));
  ends.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe('a way to sign in', () => {
  it('asks the tenant’s login for an application with a secret', async () => {
    const { origin, asked } = await service(gives('of the app'));
    const env = { ...ids, AZURE_CLIENT_SECRET: 's3cret', AZURE_AUTHORITY_HOST: origin };
    const get = await servicePrincipal(env);
    expect(await get?.()).toMatchObject({ token: 'of the app' });
    expect(asked[0]?.url).toBe('/contoso.com/oauth2/v2.0/token');
    expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({
      client_id: 'app',
      client_secret: 's3cret',
      grant_type: 'client_credentials',
      scope: 'https://storage.azure.com/.default',
    });
    expect(await servicePrincipal({ ...ids })).toBeUndefined();
  });

  it('says why the login refuses, by its short names only', async () => {
    const { origin } = await service(() => ({
      status: 401,
      body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret s3cret provided.' },
    }));
    const get = await servicePrincipal({ ...ids, AZURE_CLIENT_SECRET: 's3cret', AZURE_AUTHORITY_HOST: origin });
    const error = await get?.().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'SIGN_IN_FAILED',
      message: expect.stringMatching(/AZURE_CLIENT_SECRET.*401 invalid_client AADSTS7000215/),
    });
    expect(JSON.stringify([error, (error as Error).message])).not.toContain('s3cret');
  });

  it('hands on the federated token of a pipeline', async () => {
    const { origin, asked } = await service(gives('of the pipeline'));
    const file = join(await tempDir(), 'token');
    await writeFile(file, 'federated\n');
    const env = { ...ids, AZURE_FEDERATED_TOKEN_FILE: file, AZURE_AUTHORITY_HOST: origin };
    expect(await (await workloadIdentity(env))?.()).toMatchObject({ token: 'of the pipeline' });
    expect(new URLSearchParams(asked[0]?.body).get('client_assertion')).toBe('federated');
    await rm(file);
    await expect((await workloadIdentity(env))?.()).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
  });

  it('asks the identity of a machine: of App Service by its endpoint, of others by instance metadata', async () => {
    const app = await service(gives('of the app service'));
    const env = { IDENTITY_ENDPOINT: `${app.origin}/msi/token`, IDENTITY_HEADER: 'h' };
    expect(await (await managedIdentity(env))?.()).toMatchObject({ token: 'of the app service' });
    expect(app.asked[0]?.headers['x-identity-header']).toBe('h');
    const machine = await service(({ headers }) =>
      headers.metadata === 'true'
        ? { status: 200, body: { access_token: 'of the machine', expires_in: '86399' } }
        : {
            status: 400,
            body: { error: 'invalid_request', error_description: 'Required metadata header not specified' },
          },
    );
    const get = await managedIdentity({ AZURE_POD_IDENTITY_AUTHORITY_HOST: machine.origin });
    expect(await get?.()).toMatchObject({ token: 'of the machine' });
  });

  it('is passed over where nothing listens, or something else does', async () => {
    expect(await managedIdentity({ AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' })).toBeUndefined();
    const portal = await service(() => ({ status: 200, body: '<html>Sign in</html>' }));
    expect(await managedIdentity({ AZURE_POD_IDENTITY_AUTHORITY_HOST: portal.origin })).toBeUndefined();
    expect(await azureCli({ PATH: await tempDir() })).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')(
    'asks the Azure CLI, of the tenant that is set, and passes it over where nobody is signed in',
    async () => {
      const dir = await tempDir();
      const az = join(dir, 'az');
      const expires = Math.floor(Date.now() / 1000) + 3600;
      await writeFile(
        az,
        `#!/bin/sh\necho "$@" > ${dir}/args\necho '{"accessToken":"of ann","expires_on":${expires}}'\n`,
      );
      await chmod(az, 0o755);
      const env = { PATH: `${dir}${delimiter}${process.env.PATH}`, AZURE_TENANT_ID: 'contoso.com' };
      const get = await azureCli(env);
      expect(await get?.()).toEqual({ token: 'of ann', expiresAt: expires * 1000 });
      await writeFile(az, '#!/bin/sh\necho "Please run az login" >&2\nexit 1\n');
      expect(await azureCli(env)).toBeUndefined();
    },
  );

  it('comes in the order of Azure’s own tools, and the error names all of them', async () => {
    const tried: string[] = [];
    const source = (name: string, isThere: boolean) => async () => {
      tried.push(name);
      return isThere ? async () => ({ token: name, expiresAt: Date.now() + 3_600_000 }) : undefined;
    };
    const clock = Date.now;
    const sources = [source('first', false), source('second', true), source('third', true)];
    const credential = await environmentCredential(target, { env: {}, clock, sources });
    expect(credential.kind === 'token' && (await credential.getToken()).token).toBe('second');
    expect(tried).toEqual(['first', 'second']);
    await expect(
      environmentCredential(target, { env: {}, clock, sources: [source('none', false)] }),
    ).rejects.toMatchObject({ code: 'REMOTE_CREDENTIAL_MISSING', message: expect.stringContaining('az login') });
  });
});

describe('a token', () => {
  it('is kept as long as it holds, asked for once by many, and again after a failure', async () => {
    let now = 0;
    let calls = 0;
    let isUp = true;
    const get = kept(
      async () => {
        calls += 1;
        if (!isUp) throw new Error('away');
        return { token: `t${calls}`, expiresAt: now + 3_600_000 };
      },
      () => now,
    );
    expect((await Promise.all([get(), get(), get()])).map(({ token }) => token)).toEqual(['t1', 't1', 't1']);
    now += 50 * 60_000;
    expect((await get()).token).toBe('t1');
    now += 6 * 60_000;
    isUp = false;
    await expect(get()).rejects.toThrow('away');
    isUp = true;
    expect((await get()).token).toBe('t3');
  });
});

describe('the tenant of a storage account', () => {
  const tenant = '11111111-2222-3333-4444-555555555555';
  const challenge = `Bearer authorization_uri=https://login.microsoftonline.com/${tenant}/oauth2/authorize resource_id=https://storage.azure.com`;
  const url = 'https://contoso.blob.core.windows.net/models';

  it('is what the account’s host says to whoever has no token, and nothing secret is sent for that', async () => {
    const ask = async (to: unknown, init?: RequestInit) => {
      expect(String(to)).toBe(`${url}?restype=container`);
      expect(new Headers(init?.headers).get('authorization')).toBe('Bearer');
      return new Response('', { status: 401, headers: { 'www-authenticate': challenge } });
    };
    expect(await tenantOf(url, { ask })).toBe(tenant);
  });

  it('is unknown where nothing of that kind answers, and nobody but Azure is asked', async () => {
    expect(await tenantOf(url, { ask: async () => new Response('') })).toBeUndefined();
    expect(
      await tenantOf(url, {
        ask: async () => {
          throw new TypeError('fetch failed');
        },
      }),
    ).toBeUndefined();
    expect(
      await tenantOf('http://127.0.0.1:10000/a/models', { ask: async () => expect.fail('asked') }),
    ).toBeUndefined();
  });
});
