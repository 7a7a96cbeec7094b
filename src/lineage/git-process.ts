import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { RegistryError, systemErrorCode } from '../base/errors.ts';

export interface GitQuestion {
  readonly timeoutMs?: number;
  /** An answer that is longer ends git, and throws `GIT_TOO_MUCH`. */
  readonly maxBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** Reading the index would start a program that the repository may name, and `diff-tree` reads it; writing one runs a hook. */
const SAFELY = ['--no-pager', '--literal-pathspecs', '-c', 'core.fsmonitor=false', '-c', `core.hooksPath=${devNull}`];

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * What git answers in `folder`, for commands that read commits, trees and files: they run neither hooks nor filters. What a partial clone
 * lacks isn't fetched, since that would start what the repository names. Throws `GIT_MISSING`, `GIT_TOO_MUCH`, `GIT_FAILED`.
 */
export function askGit(folder: string, args: readonly string[], question: GitQuestion = {}): Promise<Buffer> {
  const { timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, env = {}, input, signal } = question;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const options = {
    cwd: folder,
    encoding: 'buffer',
    env: { ...own, LC_ALL: 'C', GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none', GIT_OPTIONAL_LOCKS: '0', ...env },
    timeout: timeoutMs,
    maxBuffer: maxBytes,
    windowsHide: true,
    ...(signal ? { signal } : {}),
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile('git', [...SAFELY, ...args], options, (error, stdout, stderr) => {
      if (error) reject(inWords(error, stderr, timeoutMs));
      else resolve(stdout);
    });
    // git may end before it has read everything.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function inWords(error: Error & { readonly killed?: boolean }, stderr: Buffer, timeoutMs: number): RegistryError {
  const code = systemErrorCode(error);
  if (code === 'ENOENT')
    return new RegistryError('GIT_MISSING', 'git isn’t installed, or the folder is gone.', { cause: error });
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return new RegistryError('GIT_TOO_MUCH', 'git’s answer is too long to be shown.', { cause: error });
  if (code === 'ABORT_ERR') return new RegistryError('OPERATION_CANCELLED', 'This was cancelled.', { cause: error });
  if (error.killed)
    return new RegistryError('GIT_FAILED', `git didn’t answer within ${timeoutMs / 1000} seconds.`, { cause: error });
  const said = stderr.toString('utf8').split('\n')[0]?.slice(0, 500) ?? '';
  return new RegistryError('GIT_FAILED', `git said: ${said}`, { cause: error });
}
