import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtOnce } from '../../house/builds.ts';
import { buildInto } from './build.ts';

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Runs as another user, which only root can. */
  readonly uid?: number | undefined;
  /** Its standard input is written to by the test. */
  readonly isFed?: boolean;
}

/** A process that is still running. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until standard output has `text`. Throws where the process ends before. */
  sees(text: string): Promise<void>;
}

/** The built command line, and the folder in which it remembers what it saw. */
export interface CommandLine {
  /** The built program. */
  readonly file: string;
  /** Where it remembers what it saw. */
  readonly stateDir: string;
  start(args: readonly string[], options: RunOptions): Running;
  run(args: readonly string[], options: RunOptions): Promise<Ended>;
  /** Runs with `--json` and returns the value. Throws where the process doesn't end with 0. */
  json(args: readonly string[], options: RunOptions): Promise<unknown>;
  dispose(): Promise<void>;
}

/** The command line, built from the sources as they are. */
export async function buildCommandLine(): Promise<CommandLine> {
  const build = await builtOnce('cli', buildInto);
  const { dispose, ...commandLine } = await commandLineOf(join(build.folder, 'cli.js'));
  return {
    ...commandLine,
    async dispose() {
      await dispose();
      await build.dispose();
    },
  };
}

/** The command line that was built into a file. */
export async function commandLineOf(file: string): Promise<CommandLine> {
  const stateDir = await mkdtemp(join(tmpdir(), 'model-registry-state-'));
  const start = (args: readonly string[], { cwd, env = {}, uid, isFed = false }: RunOptions): Running => {
    const child = spawn(process.execPath, [file, ...args], {
      cwd,
      ...(uid === undefined ? {} : { uid }),
      env: {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
        VIRTUAL_ENV: undefined,
        CONDA_PREFIX: undefined,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        MODEL_REGISTRY_STATE_DIR: stateDir,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    if (!isFed) child.stdin.end();
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }));
    return {
      child,
      ended,
      async sees(text) {
        while (!stdout.includes(text)) {
          const more = await Promise.race([once(child.stdout, 'data'), ended]);
          if (!Array.isArray(more) && !stdout.includes(text))
            throw new Error(`It ended without "${text}": ${stdout}${stderr}`);
        }
      },
    };
  };
  const run = (args: readonly string[], options: RunOptions) => start(args, options).ended;

  return {
    file,
    stateDir,
    start,
    run,
    async json(args, options) {
      const { code, stdout, stderr } = await run(['--json', ...args], options);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    dispose: () => rm(stateDir, { recursive: true, force: true, maxRetries: 5 }),
  };
}
