import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** What tells which Python a command gets. Nothing else of an environment is looked at: it may hold anything. */
const TELLS =
  /^(?:PATH|HOME|VIRTUAL_ENV|CONDA_PREFIX|CONDA_DEFAULT_ENV|PYENV_\w+|PYTHONNOUSERSITE|PYTHONUSERBASE|UV_PROJECT_ENVIRONMENT|POETRY_CACHE_DIR|POETRY_VIRTUALENVS_PATH|WORKON_HOME|XDG_CACHE_HOME|XDG_DATA_HOME|CUDA_HOME|CUDA_PATH)$/;
/** A shell starts its program in a moment, and some programs end soon; a busy machine takes longer. */
const LOOKS_AFTER_MS = [0, 10, 20, 40, 80, 150, 300, 600, 1000];
const MAX_CHILDREN = 50;

/** Why it isn't known: its program had ended too soon, this system shows none, or nothing was seen though it went on. */
export type Unseen = 'ended' | 'system' | 'hidden';
export type SeenEnvironment = Readonly<Record<string, string>>;

export interface Looking {
  /** How long to wait before each look. */
  readonly looksAfterMs?: readonly number[];
  /** The command has ended: what its shell runs next is another one's. */
  readonly ended?: AbortSignal | undefined;
}

/**
 * Of the environment that the program has which a shell runs now, what tells of its Python: an environment that was activated in a
 * terminal is known to nobody else. Linux tells by /proc. Where it isn't seen, that says why.
 * The first look is over when this returns, because a program can end while others wait for a file.
 */
export async function shellEnvironment(
  shell: number,
  { looksAfterMs = LOOKS_AFTER_MS, ended }: Looking = {},
): Promise<SeenEnvironment | Unseen> {
  if (process.platform !== 'linux') return 'system';
  for (const delayMs of looksAfterMs) {
    // Ending the pause early is all that the signal is for.
    if (delayMs > 0) await pause(delayMs, undefined, { signal: ended }).catch(() => undefined);
    if (ended?.aborted) return 'ended';
    const found = environmentOfChild(shell);
    if (found) return found;
  }
  return 'hidden';
}

function environmentOfChild(shell: number): SeenEnvironment | undefined {
  const own = read(`/proc/${shell}/cmdline`);
  const children = read(`/proc/${shell}/task/${shell}/children`)?.trim().split(/\s+/) ?? [];
  for (const child of children.slice(0, MAX_CHILDREN)) {
    const line = read(`/proc/${child}/cmdline`);
    // Until it has become the program, it is the shell once more, with the environment that the shell was started with.
    if (line === undefined || line === '' || line === own) continue;
    const environment = read(`/proc/${child}/environ`);
    if (environment !== undefined && environment !== '') return tellingOf(environment);
  }
  return undefined;
}

function tellingOf(environment: string): SeenEnvironment {
  const entries = environment.split('\0').flatMap((entry) => {
    const at = entry.indexOf('=');
    const name = entry.slice(0, at);
    return at > 0 && TELLS.test(name) ? [[name, entry.slice(at + 1)] as const] : [];
  });
  return Object.fromEntries(entries);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It ended, or is another person's.
    return undefined;
  }
}
