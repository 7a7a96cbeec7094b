import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectContainer } from '../../../src/storage/azure/connect.ts';
import { containerTarget } from '../../../src/storage/azure/container-url.ts';
import { checkHost, sasCredential } from '../../../src/storage/azure/credentials.ts';
import { environmentCredential } from '../../../src/storage/azure/environment.ts';
import { bytes } from '../object-store-suite.ts';
import { type Azurite, startAzurite } from './azurite.ts';

const clock = Date.now;
let azurite: Azurite;
let url = '';
beforeAll(async () => {
  azurite = await startAzurite();
  url = await azurite.container();
}, 90_000);
afterAll(() => azurite.stop());

const connect = async (containerUrl: string, env: NodeJS.ProcessEnv) =>
  (await connectContainer(containerUrl, { clock, env })).store;
const withSas = (letters: string, times = {}) =>
  connect(url, { AZURE_STORAGE_SAS_TOKEN: azurite.sas(url, letters, times) });

describe('connecting to a real store', () => {
  it('works with a connection string, a key and a SAS token of the environment', async () => {
    const key = /AccountKey=([^;]+)/.exec(azurite.connectionString)?.[1];
    for (const env of [
      { AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString },
      { AZURE_STORAGE_KEY: key },
      { AZURE_STORAGE_SAS_TOKEN: `?${azurite.sas(url, 'rcl')}` },
    ]) {
      expect(await (await connect(url, env)).list('log/')).toEqual([]);
    }
  });

  it.each([
    ['rc', 'l (list)'],
    ['rl', 'c (create)'],
    ['cl', 'r (read)'],
  ])('names the letter that a SAS token with %s lacks: %s', async (letters, missing) => {
    const store = await withSas(letters);
    const all = Promise.all([store.get('a'), store.list(''), store.putIfAbsent(`new-${letters}`, bytes('x'))]);
    await expect(all).rejects.toMatchObject({ code: 'REMOTE_FORBIDDEN', message: expect.stringContaining(missing) });
  });

  it('says since when a SAS token has expired, and from when it holds', async () => {
    const past = new Date('2026-01-02T03:04:05Z');
    await expect((await withSas('rcl', { expiresOn: past })).get('a')).rejects.toMatchObject({
      code: 'REMOTE_CREDENTIAL_EXPIRED',
      message: expect.stringContaining('2026-01-02T03:04:05'),
    });
    const startsOn = new Date(Date.now() + 86_400_000);
    const expiresOn = new Date(Date.now() + 2 * 86_400_000);
    await expect((await withSas('rcl', { startsOn, expiresOn })).get('a')).rejects.toMatchObject({
      code: 'REMOTE_CREDENTIAL_EARLY',
    });
  });

  it('tells a wrong key, a container that isn’t there, and a port where nothing listens', async () => {
    const wrong = azurite.connectionString.replace('Eby8', 'Abc8');
    await expect((await connect(url, { AZURE_STORAGE_CONNECTION_STRING: wrong })).get('a')).rejects.toMatchObject({
      code: 'REMOTE_CREDENTIAL_REFUSED',
    });
    const env = { AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString };
    await expect((await connect(`${azurite.url}/nothing`, env)).list('')).rejects.toMatchObject({
      code: 'REMOTE_NOT_FOUND',
    });
    const closed = url.replace(/:\d+/, ':1');
    const key = /AccountKey=([^;]+)/.exec(azurite.connectionString)?.[1];
    await expect((await connect(closed, { AZURE_STORAGE_KEY: key })).get('a')).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
    });
  });

  it('doesn’t trust a certificate that nobody signed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'model-registry-tls-'));
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const made = await generate([{ name: 'commonName', value: '127.0.0.1' }]);
    await writeFile(key, made.private);
    await writeFile(cert, made.cert);
    const secure = await startAzurite({ https: { key, cert } });
    try {
      const accountKey = /AccountKey=([^;]+)/.exec(azurite.connectionString)?.[1];
      const store = await connect(`${secure.url}/models`, { AZURE_STORAGE_KEY: accountKey });
      await expect(store.get('a')).rejects.toMatchObject({ code: 'REMOTE_TLS' });
    } finally {
      await secure.stop();
    }
  }, 60_000);

  it('finds out that what answers isn’t blob storage', async () => {
    const server: Server = createServer((_request, response) => response.writeHead(404).end('<html>Sign in</html>'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const { port } = server.address() as AddressInfo;
      const store = await connect(`http://127.0.0.1:${port}/account/models`, { AZURE_STORAGE_KEY: 'a2V5' });
      await expect(store.get('log/1')).rejects.toMatchObject({ code: 'REMOTE_NOT_STORAGE' });
    } finally {
      server.close();
    }
  });
});

describe('a credential', () => {
  const evil = containerTarget('https://evil.example/account/models');

  it('goes to no other host than its own', async () => {
    const sas = sasCredential('sp=rcl&sig=abc');
    expect(() => checkHost(sas, evil)).toThrow(expect.objectContaining({ code: 'CREDENTIAL_MISMATCH' }));
    expect(() => checkHost({ kind: 'token', getToken: async () => expect.fail() }, evil)).toThrow(
      expect.objectContaining({ code: 'CREDENTIAL_MISMATCH' }),
    );
    const env = { AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString };
    const other = containerTarget('https://contoso.blob.core.windows.net/models');
    await expect(environmentCredential(other, { env, clock })).rejects.toMatchObject({ code: 'CREDENTIAL_MISMATCH' });
  });

  it('isn’t even asked for of a sign-in where the host isn’t Azure’s', async () => {
    const sources = [async () => expect.fail('asked for a token')];
    await expect(environmentCredential(evil, { env: {}, clock, sources })).rejects.toMatchObject({
      code: 'REMOTE_CREDENTIAL_MISSING',
    });
  });
});
