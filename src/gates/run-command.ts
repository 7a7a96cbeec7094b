import { spawn } from 'node:child_process';
import { childEnvironment } from '../base/child-environment.ts';
import { endGroup } from '../base/process-group.ts';
import { type MemoryWatch, watchMemory } from '../base/process-memory.ts';
import { startProblem } from '../base/start-problem.ts';
import type { CommandGuard } from './command-guard.ts';

/** So much of what a command prints is looked at for JSON. */
const MAX_OUTPUT_BYTES = 256 * 1024;
/** After a command was asked to end. */
const KILL_AFTER_MS = 5_000;
/** What it started may have left its group and hold its output open: so long the rest of that is waited for. */
const CLOSE_MS = 1_000;

export interface CommandRun {
  /** The program and its arguments. */
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
  /** It is ended when it uses more, where that can be seen. */
  readonly memoryLimitBytes?: number | undefined;
  readonly measuresMemory?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly guard: CommandGuard;
  /** Everything that it prints, as it comes. */
  readonly onOutput: (bytes: Uint8Array) => void;
}

export interface CommandEnd {
  readonly exitCode: number | null;
  /** Why it failed; absent where it ended with 0. */
  readonly problem?: string;
  /** The JSON that it printed, where it printed any. */
  readonly output?: unknown;
  readonly durationMs: number;
  /** Where it was measured. */
  readonly peakBytes?: number;
}

/** Runs a command without a shell, in a group of its own that ends with it, for so long as it may take. */
export async function runCommand(run: CommandRun): Promise<CommandEnd> {
  const { words, cwd, env, timeLimitMs, memoryLimitBytes = Number.POSITIVE_INFINITY, signal, onOutput } = run;
  const [program = '', ...args] = words;
  const startedAt = performance.now();
  const child = spawn(program, args, {
    cwd,
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: { ...childEnvironment(process.env), ...env },
  });
  run.guard.guard(child);
  const printed: Uint8Array[] = [];
  let printedBytes = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    printedBytes += bytes.length;
    if (printedBytes <= MAX_OUTPUT_BYTES) printed.push(bytes);
    onOutput(bytes);
  });
  child.stderr.on('data', onOutput);
  let isTooLong = false;
  let isTooLarge = false;
  let memory: MemoryWatch | undefined;
  let killing: NodeJS.Timeout | undefined;
  let closing: NodeJS.Timeout | undefined;
  const end = () => {
    endGroup(child, 'SIGTERM');
    killing ??= setTimeout(() => endGroup(child, 'SIGKILL'), KILL_AFTER_MS);
  };
  const timer = setTimeout(() => {
    isTooLong = true;
    end();
  }, timeLimitMs);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  if (child.pid !== undefined && (run.measuresMemory || run.memoryLimitBytes !== undefined)) {
    memory = watchMemory(child.pid, (bytes) => {
      if (bytes <= memoryLimitBytes) return;
      isTooLarge = true;
      // It won't wait: what is asked to end may take more first.
      endGroup(child, 'SIGKILL');
      for (const pid of memory?.pids() ?? []) killQuietly(pid);
    });
  }
  let durationMs = 0;
  try {
    const exitCode = await new Promise<number | null | string>((done) => {
      child.once('error', (error) => done(`it couldn't be started: ${startProblem(error)}`));
      child.once('exit', (code, name) => {
        durationMs = performance.now() - startedAt;
        memory?.stop();
        // What it started may hold the pipes open for ever.
        endGroup(child, 'SIGKILL');
        closing = setTimeout(() => child.stdout.destroy(), CLOSE_MS);
        const end = code ?? `it was ended by ${name}`;
        child.once('close', () => done(end));
        child.stdout.once('close', () => done(end));
      });
    });
    const used = { durationMs, ...(memory ? { peakBytes: memory.peakBytes() } : {}) };
    if (isTooLarge) return { ...used, exitCode: null, problem: `it used more memory than ${memoryLimitBytes} bytes` };
    if (isTooLong)
      return { ...used, exitCode: null, problem: `it took longer than ${secondsText(timeLimitMs)} seconds` };
    if (typeof exitCode === 'string') return { ...used, exitCode: null, problem: exitCode };
    const output = printedBytes <= MAX_OUTPUT_BYTES ? jsonIn(Buffer.concat(printed).toString('utf8')) : undefined;
    return {
      ...used,
      exitCode,
      ...(exitCode === 0 ? {} : { problem: `it ended with ${exitCode}` }),
      ...(output === undefined ? {} : { output }),
    };
  } finally {
    run.guard.release();
    memory?.stop();
    clearTimeout(timer);
    clearTimeout(killing);
    clearTimeout(closing);
    child.stdout.destroy();
    child.stderr.destroy();
    signal.removeEventListener('abort', end);
  }
}

function secondsText(ms: number): string {
  return String(Math.round(ms) / 1000);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** All of it, or its last line. */
function jsonIn(text: string): unknown {
  const trimmed = text.trim();
  return parsed(trimmed) ?? parsed(trimmed.slice(trimmed.lastIndexOf('\n') + 1));
}

function parsed(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // It printed something else.
    return undefined;
  }
}
