import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installCodeServer } from './install-code-server.ts';

const START_TIMEOUT_MS = 60_000;

export interface CodeServerOptions {
  /** An existing folder for everything this server writes: settings, logs, the home folder of its terminals. */
  readonly dir: string;
  readonly extensionsDir: string;
  /** Without it, every folder opens in Restricted Mode and asks. */
  readonly trustsEveryWorkspace: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** An existing home folder. Otherwise a new one, whose git author is Ada Lovelace. */
  readonly home?: string;
  /** Free where it isn't given. */
  readonly port?: number;
}

export interface CodeServer {
  readonly url: string;
  readonly home: string;
  /** The end of each log that the server and its extension hosts wrote. */
  logs(): Promise<string>;
  /** Ends the server with all that it started. */
  stop(): Promise<void>;
}

/** Starts code-server on the loopback interface. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const { node, entry } = await installCodeServer((line) => console.log(line));
  const userData = join(options.dir, 'user-data');
  const home = options.home ?? join(options.dir, 'home');
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(join(userData, 'User/settings.json'), JSON.stringify(options.settings, null, 2));
  if (options.home === undefined) {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, '.gitconfig'), GIT_CONFIG);
  }
  const child = spawn(node, [entry, ...serverArguments(options, userData)], {
    env: serverEnvironment(home, options.environment ?? {}),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that its extension hosts end with it.
    detached: true,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const endWithUs = () => signalGroup(child.pid, 'SIGKILL');
  process.once('exit', endWithUs);
  const stop = async () => {
    await endGroup(child);
    process.off('exit', endWithUs);
  };
  try {
    const url = await listeningUrl(child, () => output);
    return {
      url,
      home,
      stop,
      logs: async () => `== code-server\n${tail(output)}\n${await collectLogs(join(userData, 'logs'))}`,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Installs a packaged extension into an extensions folder, as a person does. */
export async function installVsix(vsix: string, dir: string, extensionsDir: string): Promise<void> {
  const { node, entry } = await installCodeServer((line) => console.log(line));
  await mkdir(extensionsDir, { recursive: true });
  const args = [
    '--user-data-dir',
    join(dir, 'install-data'),
    '--extensions-dir',
    extensionsDir,
    '--install-extension',
    vsix,
  ];
  const home = join(dir, 'install-home');
  await mkdir(home, { recursive: true });
  const child = spawn(node, [entry, ...args], {
    env: serverEnvironment(home, {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  if (code !== 0 || !/successfully installed/i.test(output))
    throw new Error(`${vsix} could not be installed:\n${tail(output)}`);
}

const GIT_CONFIG = `[user]
	name = Ada Lovelace
	email = ada@example.com
[init]
	defaultBranch = main
`;

/** Nothing is asked of a gallery: tests stay on this machine. */
const NO_GALLERY = JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '', controlUrl: '' });

function serverArguments(options: CodeServerOptions, userData: string): readonly string[] {
  return [
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${options.port ?? 0}`],
    ...['--user-data-dir', userData, '--extensions-dir', options.extensionsDir],
    ...['--config', join(options.dir, 'code-server.yaml')],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
    ...(options.trustsEveryWorkspace ? ['--disable-workspace-trust'] : []),
  ];
}

/** The surroundings of this process without what an outer npm, editor or git left in them. */
function serverEnvironment(home: string, added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|VSCODE_|ELECTRON_|GIT_|XDG_|VITEST|NODE_ENV|NODE_OPTIONS|PORT$|PASSWORD$|INIT_CWD$|CODE_SERVER_)/.test(
        name,
      ),
  );
  return { ...Object.fromEntries(kept), HOME: home, SHELL: '/bin/bash', EXTENSIONS_GALLERY: NO_GALLERY, ...added };
}

function listeningUrl(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((done, fail) => {
    const give = (reason: string) => fail(new Error(`code-server ${reason}:\n${tail(output())}`));
    const timer = setTimeout(() => give(`didn't listen within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    const look = () => {
      const url = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output())?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      done(url);
    };
    child.stdout?.on('data', look);
    child.once('error', (error) => give(`could not be started (${error.message})`));
    child.once('exit', (code) => {
      clearTimeout(timer);
      give(`ended with ${code}`);
    });
  });
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended =
    child.exitCode !== null || child.signalCode !== null
      ? undefined
      : new Promise<void>((done) => child.once('exit', () => done()));
  signalGroup(child.pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
  // Extension hosts outlive the server for the time in which a page could reconnect.
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function collectLogs(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.log'))
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(async (file) => `== ${file.slice(dir.length + 1)}\n${tail(await readFile(file, 'utf8'))}`),
  );
  return texts.join('\n');
}

function tail(text: string): string {
  return text.length > 8000 ? `…${text.slice(-8000)}` : text;
}
