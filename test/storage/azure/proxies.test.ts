import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Azurite, startAzurite } from './azurite.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const HOST = 'devstoreaccount1.blob.core.windows.net';
const program = join(import.meta.dirname, 'through-proxy.ts');
const run = promisify(execFile);

let dir = '';
let certificate = '';
let azurite: Azurite;
let url = '';
const proxies: Server[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-registry-proxies-'));
  certificate = join(dir, 'cert.pem');
  const key = join(dir, 'key.pem');
  // What a proxy that opens TLS connections shows instead of Azure's: its own organisation signed it.
  const made = await generate([{ name: 'commonName', value: HOST }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: HOST }] }],
  });
  await writeFile(key, made.private);
  await writeFile(certificate, made.cert);
  azurite = await startAzurite({ https: { key, cert: certificate }, isNamedByHost: true });
  url = `https://${HOST}/models`;
});
afterAll(async () => {
  for (const proxy of proxies) proxy.close();
  await azurite.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A proxy that leads every connection to the store of this machine, or says something else. */
async function proxy(answer: (to: string) => string | undefined = () => undefined) {
  const asked: string[] = [];
  const server = createServer((_request, response) => void response.writeHead(400).end());
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    const refusal = answer(request.url ?? '');
    if (refusal !== undefined) return void socket.end(refusal);
    const there = connect(Number(new URL(azurite.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    const end = () => {
      there.destroy();
      socket.destroy();
    };
    there.on('error', end);
    socket.on('error', end);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  proxies.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function through(env: NodeJS.ProcessEnv): Promise<Record<string, unknown>> {
  const { AZURE_STORAGE_SAS_TOKEN: _sas, ...own } = process.env;
  const sas = azurite.sas(`${azurite.url}/models`, 'rcl');
  const { stdout } = await run(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', program, url], {
    env: { ...own, NO_PROXY: '', no_proxy: '', AZURE_STORAGE_SAS_TOKEN: sas, ...env },
  });
  return JSON.parse(stdout);
}

describe('through a proxy', () => {
  it('that opens TLS connections nothing is sent until its certificate is trusted', async () => {
    const { url: HTTPS_PROXY, asked } = await proxy();
    expect(await through({ HTTPS_PROXY })).toMatchObject({
      code: 'REMOTE_TLS',
      message: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    expect(asked[0]).toBe(`${HOST}:443`);
    // That there is no container is said by the store behind it.
    expect(await through({ HTTPS_PROXY, NODE_EXTRA_CA_CERTS: certificate })).toMatchObject({
      code: 'REMOTE_NOT_FOUND',
    });
  });

  it.skipIf(process.platform !== 'linux')('the certificates that the system trusts count, too', async () => {
    const { url: HTTPS_PROXY } = await proxy();
    expect(await through({ HTTPS_PROXY, SSL_CERT_FILE: certificate })).toMatchObject({ code: 'REMOTE_NOT_FOUND' });
  });

  it('that wants a name and password, or refuses, is named as the cause', async () => {
    const locked = await proxy(() => 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
    expect(await through({ HTTPS_PROXY: locked.url })).toMatchObject({ code: 'REMOTE_PROXY' });
    const refusing = await proxy(() => 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    expect(await through({ HTTPS_PROXY: refusing.url })).toMatchObject({ code: 'REMOTE_PROXY' });
    // Its own address is no secret, its password is.
    const hidden = await through({ HTTPS_PROXY: locked.url.replace('http://', 'http://ann:s3cret@') });
    expect(JSON.stringify(hidden)).not.toContain('s3cret');
  });
});
