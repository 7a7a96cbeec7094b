import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { readProject } from '../project/project-file.ts';
import type { CodeLineage, PythonEnvironment, UncommittedChanges } from '../registry/api.ts';
import { readCode } from './git.ts';
import { environmentAt, interpreterPrefix } from './interpreter.ts';
import { readPythonEnvironment } from './python-environment.ts';
import { readUncommitted } from './uncommitted.ts';

/** Where a run took place: its code and its packages. */
export interface Surroundings {
  readonly code: () => Promise<CodeLineage | undefined>;
  readonly uncommitted: () => Promise<UncommittedChanges | undefined>;
  readonly environment: () => Promise<PythonEnvironment | undefined>;
}

/** The surroundings of a folder as they are when they are asked for, which is when an output was found. */
export function surroundingsOf(root: string, env: NodeJS.ProcessEnv): Surroundings {
  return {
    code: () => readCode(root, 'detection'),
    uncommitted: async () => readUncommitted(root, await untrackedIn(root)),
    environment: () => readPythonEnvironment({ root, env }),
  };
}

export interface CommandAtStart {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Where it runs. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Interpreter or environment that is meant where the command doesn't name one by its path. */
  readonly interpreter?: string | undefined;
}

/** The surroundings of a command as they are now, before it starts: whoever commits meanwhile doesn't change them. */
export async function surroundingsAtStart(root: string, started: CommandAtStart): Promise<Surroundings> {
  const { command, cwd, env, interpreter } = started;
  const hinted = async () => (interpreter === undefined ? undefined : environmentAt(interpreter));
  const isNamed = /[\\/]/.test(command[0] ?? '');
  const prefix = (isNamed ? undefined : await hinted()) ?? (await interpreterPrefix(command, cwd, env));
  const [code, uncommitted, environment] = await Promise.all([
    readCode(root, 'start'),
    untrackedIn(root).then((untracked) => readUncommitted(root, untracked)),
    readPythonEnvironment({ root, env, ...(prefix === undefined ? {} : { prefix }) }),
  ]);
  return { code: async () => code, uncommitted: async () => uncommitted, environment: async () => environment };
}

/** Where a command runs, as it is recorded: nothing where that is the project's own folder, or outside of it. */
export function folderOf(root: string, cwd: string): { readonly folder?: string } {
  const folder = relative(realPathOf(root), realPathOf(cwd)).replaceAll('\\', '/');
  return folder === '' || folder.startsWith('..') || isAbsolute(folder) ? {} : { folder };
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Which untracked files the project wants to keep. */
async function untrackedIn(root: string): Promise<readonly string[]> {
  return (await readProject(root))?.code?.untracked ?? [];
}
