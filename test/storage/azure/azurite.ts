import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';

const ACCOUNT = 'devstoreaccount1';
/** The emulator's documented key. */
export const ACCOUNT_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const START_MS = 60_000;

/** A blob storage of this machine. */
export interface Azurite {
  /** URL of the account. */
  readonly url: string;
  readonly connectionString: string;
  /** Makes a container and returns its URL. */
  container(): Promise<string>;
  /** A SAS token for a container, with these letters. */
  sas(
    containerUrl: string,
    permissions: string,
    times?: { readonly startsOn?: Date; readonly expiresOn?: Date },
  ): string;
  /** Nothing answers any more, until it comes back with what it held. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

interface AzuriteOptions {
  readonly https?: { readonly cert: string; readonly key: string };
  /** The account is the first part of the host's name, as in Azure, and not of the path. */
  readonly isNamedByHost?: boolean;
}

/** Starts Azurite on a free port of the loopback interface. It ends with `stop`, or with this process. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const location = await mkdtemp(join(tmpdir(), 'azurite-'));
  let running = await run(location, 0, options);
  const url = `${running.origin}/${ACCOUNT}`;
  const port = Number(new URL(url).port);
  const credential = new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY);
  return {
    url,
    connectionString: `AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};BlobEndpoint=${url};`,
    async container() {
      const containerUrl = `${url}/models-${randomBytes(6).toString('hex')}`;
      await new ContainerClient(containerUrl, credential).create();
      return containerUrl;
    },
    sas(containerUrl, permissions, { startsOn, expiresOn = new Date(Date.now() + 3_600_000) } = {}) {
      const containerName = new URL(containerUrl).pathname.split('/')[2] ?? '';
      return generateBlobSASQueryParameters(
        {
          containerName,
          permissions: ContainerSASPermissions.parse(permissions),
          expiresOn,
          ...(startsOn ? { startsOn } : {}),
        },
        credential,
      ).toString();
    },
    goAway: () => running.end(),
    async comeBack() {
      running = await run(location, port, options);
    },
    async stop() {
      await running.end();
      await rm(location, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function run(location: string, port: number, { https, isNamedByHost }: AzuriteOptions) {
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const args = ['--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', location];
  args.push('--skipApiVersionCheck', '--disableTelemetry', '--silent');
  if (!isNamedByHost) args.push('--disableProductStyleUrl');
  if (https) args.push('--cert', https.cert, '--key', https.key);
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    origin: await listening(child),
    async end() {
      process.off('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      // What was acknowledged a moment ago is written when it is asked to end.
      child.kill('SIGTERM');
      const timer = setTimeout(kill, 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Waits until it says where it listens. */
async function listening(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`Azurite ${why}: ${said.join('')}`));
    const timer = setTimeout(() => fail(`said nothing for ${START_MS} ms`), START_MS);
    child.once('exit', (code) => fail(`ended with ${code}`));
    if (!child.stdout) return fail('has no output');
    createInterface(child.stdout).on('line', (line) => {
      said.push(line);
      const origin = /listens on (https?:\/\/\S+)/.exec(line)?.[1];
      if (origin === undefined) return;
      clearTimeout(timer);
      resolve(origin.replace(/\/$/, ''));
    });
  });
}
