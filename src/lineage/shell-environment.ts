import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** What tells which Python a command gets. Nothing else of an environment is looked at: it may hold anything. */
const TELLS =
  /^(?:PATH|HOME|VIRTUAL_ENV|CONDA_PREFIX|CONDA_DEFAULT_ENV|PYENV_\w+|PYTHONNOUSERSITE|PYTHONUSERBASE|UV_PROJECT_ENVIRONMENT|POETRY_CACHE_DIR|POETRY_VIRTUALENVS_PATH|WORKON_HOME|XDG_CACHE_HOME|XDG_DATA_HOME|CUDA_HOME|CUDA_PATH)$/;
/** A shell starts its program in a moment, and some programs end soon; a busy machine takes longer. */
const LOOKS_AFTER_MS = [0, 10, 20, 40, 80, 150, 300, 600, 1000];
const MAX_CHILDREN = 50;

/**
 * Of the environment that the program has which a shell runs now, what tells of its Python: an environment that was activated in a
 * terminal is known to nobody else. Linux tells by /proc; elsewhere, and of what has ended already, undefined is returned.
 */
export async function shellEnvironment(
  shell: number,
  looksAfterMs: readonly number[] = LOOKS_AFTER_MS,
): Promise<NodeJS.ProcessEnv | undefined> {
  if (process.platform !== 'linux') return undefined;
  for (const delayMs of looksAfterMs) {
    if (delayMs > 0) await pause(delayMs);
    const found = await environmentOfChild(shell);
    if (found) return found;
  }
  return undefined;
}

async function environmentOfChild(shell: number): Promise<NodeJS.ProcessEnv | undefined> {
  const own = await read(`/proc/${shell}/cmdline`);
  const children = (await read(`/proc/${shell}/task/${shell}/children`))?.trim().split(/\s+/) ?? [];
  for (const child of children.slice(0, MAX_CHILDREN)) {
    const line = await read(`/proc/${child}/cmdline`);
    // Until it has become the program, it is the shell once more, with the environment that the shell was started with.
    if (line === undefined || line === '' || line === own) continue;
    const environment = await read(`/proc/${child}/environ`);
    if (environment !== undefined && environment !== '') return tellingOf(environment);
  }
  return undefined;
}

function tellingOf(environment: string): NodeJS.ProcessEnv {
  const entries = environment.split('\0').flatMap((entry) => {
    const at = entry.indexOf('=');
    const name = entry.slice(0, at);
    return at > 0 && TELLS.test(name) ? [[name, entry.slice(at + 1)] as const] : [];
  });
  return Object.fromEntries(entries);
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // It ended, or is another person's.
    return undefined;
  }
}
