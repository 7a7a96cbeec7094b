import { readProject } from '../project/project-file.ts';
import type { CodeLineage, PythonEnvironment, UncommittedChanges } from '../registry/api.ts';
import { readCode } from './git.ts';
import { interpreterPrefix } from './interpreter.ts';
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

/** The surroundings of a command as they are now, before it starts: whoever commits meanwhile doesn't change them. */
export async function surroundingsAtStart(
  root: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Surroundings> {
  const prefix = await interpreterPrefix(command, root, env);
  const [code, uncommitted, environment] = await Promise.all([
    readCode(root, 'start'),
    untrackedIn(root).then((untracked) => readUncommitted(root, untracked)),
    readPythonEnvironment({ root, env, ...(prefix === undefined ? {} : { prefix }) }),
  ]);
  return { code: async () => code, uncommitted: async () => uncommitted, environment: async () => environment };
}

/** Which untracked files the project wants to keep. */
async function untrackedIn(root: string): Promise<readonly string[]> {
  return (await readProject(root))?.code?.untracked ?? [];
}
