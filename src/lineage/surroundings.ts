import { realpathSync } from 'node:fs';
import { pathInside } from '../base/inside.ts';
import type { CodeLineage, LockFile, MissingFact } from '../catalog/read-models/lineage.ts';
import { readProject } from '../project/project-file.ts';
import type { PythonEnvironment, RegisterRequest, UncommittedChanges } from '../registry/api/registering.ts';
import { readTree, type Tree } from './git.ts';
import { readLocks } from './locks.ts';
import { type MachineReading, readMachine } from './machine.ts';
import { missingAround } from './missing.ts';
import { type FoundEnvironment, readPythonEnvironment } from './python/environment.ts';
import { foldersAbove } from './python/folders-above.ts';
import { environmentAt, interpreterPrefix } from './python/interpreter.ts';
import { sourcesOf } from './python/sources.ts';
import type { Unseen } from './shell-environment.ts';
import { readUncommitted } from './uncommitted.ts';
import { type CodeOf, codeByModel } from './written.ts';

/** Where a run took place: its code, its packages, its machine, and what isn't known of them. */
export interface Surroundings {
  /** As a version of the model has it, where one is named. */
  readonly code: (model?: string) => Promise<CodeLineage | undefined>;
  readonly uncommitted: () => Promise<UncommittedChanges | undefined>;
  readonly environment: () => Promise<PythonEnvironment | undefined>;
  /** Lock files, the machine, and what isn't known of what was read before. */
  readonly circumstances: (known: Known) => Promise<Pick<RegisterRequest, 'locks' | 'machine' | 'missing'>>;
}

/** Of a run, as its surroundings tell. */
interface Known {
  readonly code?: CodeLineage | undefined;
  readonly environment?: PythonEnvironment | undefined;
}

/** The surroundings of a folder as they are when they are asked for, which is when an output was found. */
export function surroundingsOf(
  root: string,
  env: NodeJS.ProcessEnv,
  /** The interpreter or environment that is chosen in the editor when it is asked. */
  chosen?: () => string | undefined,
): Surroundings {
  const find = async () => {
    const interpreter = chosen?.();
    const editorPrefix = interpreter === undefined ? undefined : await environmentAt(interpreter);
    return readPythonEnvironment({ root, env, editorPrefix });
  };
  return {
    code: async (model) => (await codeIn(root, readTree(root, 'detection')))(model),
    uncommitted: async () => readUncommitted(root, await untrackedIn(root)),
    environment: async () => withSources(root, await find()),
    circumstances: async ({ code, environment }) => {
      const locks = await readLocks(root);
      const missing = await missingAround(root, { code, environment, locks });
      return circumstancesOf(locks, missing, await readMachine({ env, packages: environment?.packages ?? [] }));
    },
  };
}

/** What tells which Python a command gets. */
export interface PythonHints {
  readonly env: NodeJS.ProcessEnv;
  /** Interpreter or environment that is meant where the command doesn't name one by its path. */
  readonly interpreter?: string | undefined;
  /** Why the PATH of its program isn't in `env`. */
  readonly unseen?: Unseen | undefined;
}

export interface CommandAtStart {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Where it runs. */
  readonly cwd: string;
  readonly python: PythonHints | Promise<PythonHints>;
  /** What was checked out at the very start, where that is known. */
  readonly commit?: string | undefined;
}

/** The surroundings of a command as they are now, before it starts: whoever commits meanwhile doesn't change them. */
export async function surroundingsAtStart(root: string, started: CommandAtStart): Promise<Surroundings> {
  const { command, cwd, commit } = started;
  // Others may commit meanwhile: first of all.
  const readingCode = codeIn(root, readTree(root, 'start', commit));
  const readingChanges = untrackedIn(root).then((untracked) => readUncommitted(root, untracked, commit));
  for (const reading of [readingCode, readingChanges]) reading.catch(() => undefined);
  const { env, interpreter, unseen } = await started.python;
  const editorPrefix = interpreter === undefined ? undefined : await environmentAt(interpreter);
  // What a bare name leads to in a terminal of the editor, the editor's choice tells better than this process's PATH.
  const prefix = await interpreterPrefix(command, cwd, editorPrefix === undefined ? env : { ...env, PATH: '' });
  const found = readPythonEnvironment({ root: cwd, env, prefix, editorPrefix });
  // Asking a driver can take a while, in which the command may start: the machine stays what it is.
  const machine = readMachine({ env, packages: found?.packages ?? [] });
  machine.catch(() => undefined);
  const [codeOf, uncommitted, environment, locks] = await Promise.all([
    readingCode,
    readingChanges,
    withSources(root, found),
    readLocks(root),
  ]);
  const missing = await missingAround(root, { code: codeOf(), environment: found, locks, unseen });
  return {
    code: async (model) => codeOf(model),
    uncommitted: async () => uncommitted,
    environment: async () => environment,
    circumstances: async () => circumstancesOf(locks, missing, await machine),
  };
}

async function withSources(root: string, found: FoundEnvironment | undefined): Promise<PythonEnvironment | undefined> {
  if (!found) return undefined;
  const { origins: _, ...environment } = found;
  const sources = await sourcesOf(found, { root, repository: foldersAbove(root).at(-1) ?? root });
  return sources.length === 0 ? environment : { ...environment, sources };
}

function circumstancesOf(
  locks: readonly LockFile[],
  missing: readonly MissingFact[],
  read: MachineReading,
): Pick<RegisterRequest, 'locks' | 'machine' | 'missing'> {
  return { locks, machine: read.machine, missing: [...missing, ...read.missing] };
}

/** Where a command runs, as it is recorded: nothing where that is the project's own folder, or outside of it. */
export function folderOf(root: string, cwd: string): { readonly folder?: string } {
  const folder = pathInside(realPathOf(root), realPathOf(cwd));
  return folder ? { folder } : {};
}

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Which untracked files the project wants to keep. */
async function untrackedIn(root: string): Promise<readonly string[]> {
  return (await readProject(root))?.code?.untracked ?? [];
}

const NO_CODE: CodeOf = () => undefined;

/** The code with what training writes, by the project file in the folder or above it, as that is now. */
async function codeIn(root: string, reading: Promise<Tree | undefined>): Promise<CodeOf> {
  const tree = await reading;
  if (!tree) return NO_CODE;
  const place = tree.code.isDirty ? await projectAround(root) : undefined;
  const inside = tree.code.folder === undefined ? [] : tree.code.folder.split('/');
  const folder = inside.slice(0, inside.length - (place?.levels ?? 0)).join('/');
  return codeByModel(tree, place?.project.models, folder);
}

/** The nearest project within the repository, and how many folders it is above; nothing where it can't be used. */
async function projectAround(root: string) {
  for (const [levels, folder] of foldersAbove(root).entries()) {
    // Whoever reads it for more than this says what is wrong with it.
    const project = await readProject(folder).catch(() => undefined);
    if (project) return { project, levels };
  }
  return undefined;
}
