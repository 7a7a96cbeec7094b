import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  access,
  constants,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** code-server 4.x.y is VS Code 1.x.y. The oldest is that of `engines.vscode`, on the Node that this VS Code has. */
export const EDITORS = {
  current: { version: '4.139.1', node: undefined, ripgrep: undefined },
  oldest: { version: '4.110.0', node: '22.23.3', ripgrep: '1.18.0' },
} as const;

type CodeServerRelease = (typeof EDITORS)[keyof typeof EDITORS];

const MARKER = 'complete.json';
const STAGING = 'installing-';
const ABANDONED_AFTER_MS = 60 * 60_000;
/** Ends the install when npm hangs, well before a whole run of the tests would be given up. */
const STEP_TIMEOUT_MS = 8 * 60_000;

export interface InstalledCodeServer {
  readonly dir: string;
  /** The Node that runs it. */
  readonly node: string;
  /** The script that node is started with. */
  readonly entry: string;
  /** True where the integrated terminal works: its native part could be compiled. */
  readonly hasTerminal: boolean;
}

/** Which code-server the tests drive: `MODEL_REGISTRY_EDITOR` says `current`, which it is unless set, or `oldest`. */
export function editorUnderTest(): CodeServerRelease {
  const named = process.env.MODEL_REGISTRY_EDITOR ?? 'current';
  if (named === 'current' || named === 'oldest') return EDITORS[named];
  throw new Error(`MODEL_REGISTRY_EDITOR is ${JSON.stringify(named)}. Set it to current or oldest.`);
}

/**
 * Finds code-server in the cache folder, or installs it there from the npm registry (about 750 MB). Safe when several processes ask at
 * once: one installs, the others wait, and a finished folder appears by one rename.
 */
export async function installCodeServer(say: (line: string) => void = () => {}): Promise<InstalledCodeServer> {
  const cache = await cacheFolder();
  const editor = editorUnderTest();
  const dir = join(cache, `code-server-${editor.version}`);
  const unlock = await lockOrFind(`${dir}.lock`, dir);
  if (unlock === undefined) return describeInstall(dir);
  try {
    if (!existsSync(join(dir, MARKER))) await installInto(cache, dir, editor, say);
    return await describeInstall(dir);
  } finally {
    await unlock();
  }
}

async function installInto(
  cache: string,
  dir: string,
  { version, node, ripgrep }: CodeServerRelease,
  say: (line: string) => void,
): Promise<void> {
  say(`Installing code-server ${version} into ${dir}, once for this machine`);
  await removeAbandoned(cache);
  const staging = await mkdtemp(join(cache, STAGING));
  try {
    await writeFile(join(staging, 'package.json'), JSON.stringify({ name: 'editor-under-test', private: true }));
    await npm(staging, ['install', '--ignore-scripts', `code-server@${version}`]);
    // Its install script fetches the binary for this machine.
    if (node !== undefined) await npm(staging, ['install', `node@${node}`]);
    const vscode = join(staging, 'node_modules/code-server/lib/vscode');
    // Its own lock file is out of step with its package.json, so `npm ci` fails in both folders.
    await npm(vscode, ['install', '--omit=dev', '--ignore-scripts']);
    await npm(join(vscode, 'extensions'), ['install', '--omit=dev', '--ignore-scripts']);
    if (ripgrep !== undefined) await bringRipgrep(staging, vscode, ripgrep);
    const hasTerminal = await npm(vscode, ['rebuild', 'node-pty']).then(
      () => true,
      () => false,
    );
    if (!hasTerminal) say('node-pty could not be compiled here: the editor has no integrated terminal');
    // Compiled parts are optional: without them VS Code watches files by other means and logs elsewhere.
    await npm(vscode, ['rebuild', '@parcel/watcher']).catch(() => undefined);
    await npm(vscode, ['rebuild', '@vscode/spdlog']).catch(() => undefined);
    await writeFile(join(staging, MARKER), JSON.stringify({ version, hasTerminal }));
    await rename(staging, dir).catch((error: unknown) => {
      // Two processes can take over the lock of one that died: the first to finish is as good as the other.
      if (!existsSync(join(dir, MARKER))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Without it the editor finds no files. The package that it depended on then downloads it from elsewhere than the registry. */
async function bringRipgrep(staging: string, vscode: string, version: string): Promise<void> {
  await npm(staging, ['install', '--ignore-scripts', `@vscode/ripgrep-universal@${version}`]);
  const all = join(staging, 'node_modules/@vscode/ripgrep-universal/bin');
  const own = join(all, `${process.platform}-${process.arch}`);
  await cp(own, join(vscode, 'node_modules/@vscode/ripgrep/bin'), { recursive: true });
}

/** What an install that was killed left behind. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (!name.startsWith(STAGING) || Date.now() - (await stat(path)).mtimeMs < ABANDONED_AFTER_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function describeInstall(dir: string): Promise<InstalledCodeServer> {
  const marker: unknown = JSON.parse(await readFile(join(dir, MARKER), 'utf8'));
  const hasTerminal =
    typeof marker === 'object' && marker !== null && 'hasTerminal' in marker && marker.hasTerminal === true;
  const own = join(dir, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return {
    dir,
    node: existsSync(own) ? own : process.execPath,
    entry: join(dir, 'node_modules/code-server/out/node/entry.js'),
    hasTerminal,
  };
}

/** `MODEL_REGISTRY_CACHE`, else a folder in the home directory, else the repository's ignored `.cache`. */
export async function cacheFolder(): Promise<string> {
  const named = process.env.MODEL_REGISTRY_CACHE;
  const candidates =
    named === undefined || named === ''
      ? [join(homedir(), '.cache/model-registry-dev'), resolve(import.meta.dirname, '../../../.cache')]
      : [resolve(named)];
  for (const candidate of candidates) {
    const isWritable = await mkdir(candidate, { recursive: true })
      .then(() => access(candidate, constants.W_OK))
      .then(
        () => true,
        () => false,
      );
    if (isWritable) return candidate;
  }
  throw new Error(
    `Can't write to ${candidates.join(' or ')}. Set MODEL_REGISTRY_CACHE to a folder that can hold 1 GB.`,
  );
}

/** Waits for another process's install. Resolves to undefined once it is there, or to the way to give the lock back. */
async function lockOrFind(lock: string, dir: string): Promise<(() => Promise<void>) | undefined> {
  for (;;) {
    if (existsSync(join(dir, MARKER))) return undefined;
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
      return () => rm(lock, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    if (!(await isHeld(lock))) await rm(lock, { force: true });
    await pause(500);
  }
}

async function isHeld(lock: string): Promise<boolean> {
  const read = () => readFile(lock, 'utf8').catch(() => '');
  let holder = await read();
  if (holder === '') {
    // The file is empty for the moment between its creation and its write.
    await pause(1000);
    holder = await read();
  }
  return holder !== '' && isRunning(Number(holder));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function npm(cwd: string, args: readonly string[]): Promise<void> {
  const script = process.env.npm_execpath;
  const [file, before] = script === undefined ? ['npm', []] : [process.execPath, [script]];
  return new Promise((done, fail) => {
    const options = { cwd, timeout: STEP_TIMEOUT_MS, maxBuffer: 64 << 20, env: cleanEnvironment() };
    execFile(
      file,
      [...before, ...args, '--no-audit', '--no-fund', '--no-update-notifier'],
      options,
      (error, stdout, stderr) => {
        if (error === null) done();
        else
          fail(
            new Error(`npm ${args.join(' ')} failed in ${cwd}:\n${`${stdout}\n${stderr}`.slice(-4000)}`, {
              cause: error,
            }),
          );
      },
    );
  });
}

/** Without the outer npm's own variables, which would point the inner npm at this repository. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_(registry|cache|userconfig))|INIT_CWD)/.test(name),
  );
  return Object.fromEntries(kept);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const installed = await installCodeServer((line) => console.log(line));
  console.log(`code-server is in ${installed.dir}`);
}
