import { messageOf } from '../base/errors.ts';
import type { CodeLineage, LockFile, MissingFact } from '../catalog/read-models/lineage.ts';
import type { PythonEnvironment } from '../registry/api/registering.ts';
import { pipeInGit } from './git-pipes.ts';
import { gitIn } from './git-status.ts';
import type { Unseen } from './shell-environment.ts';

interface Around {
  readonly code: CodeLineage | undefined;
  readonly environment: Pick<PythonEnvironment, 'python'> | undefined;
  readonly locks: readonly LockFile[];
  /** Why the environment of the command's program isn't known. */
  readonly unseen?: Unseen | undefined;
}

/** What isn't known of code and packages around `root`, and why. */
export async function missingAround(
  root: string,
  { code, environment, locks, unseen }: Around,
): Promise<readonly MissingFact[]> {
  const unlocked =
    locks.length === 0 ? [{ what: 'locks', why: 'there is no lock file in the folder or above it' }] : [];
  return [...(await missingOfCode(root, code)), ...missingOfPackages({ environment, unseen }), ...unlocked];
}

async function missingOfCode(root: string, code: CodeLineage | undefined): Promise<readonly MissingFact[]> {
  if (!code) return [{ what: 'code', why: await whyNoCode(root) }];
  const git = await gitIn(root);
  const isShallow = (await git?.revparse(['--is-shallow-repository']).catch(() => ''))?.trim() === 'true';
  const history = isShallow
    ? [{ what: 'code.history', why: 'the clone is shallow, so that commits before it are not here' }]
    : [];
  const remote =
    code.remote === undefined
      ? [{ what: 'code.remote', why: 'the repository has no remote, so that the commit is on this machine only' }]
      : [];
  const pushed =
    code.remote !== undefined && code.isPushed === undefined
      ? [{ what: 'code.isPushed', why: 'git could not tell whether a remote has the commit' }]
      : [];
  return [...history, ...remote, ...pushed];
}

async function whyNoCode(root: string): Promise<string> {
  const git = await gitIn(root);
  if (!git) return 'the folder is gone';
  const pipe = await pipeInGit(root);
  if (pipe !== undefined) return `${pipe} in the folder of git is no file, so that git was not asked`;
  try {
    await git.revparse(['--git-dir']);
  } catch (error) {
    return /ENOENT|not found|spawn/i.test(messageOf(error))
      ? 'git is not installed, or not on the PATH'
      : 'the folder is in no git repository';
  }
  // Quietly, so that it says nothing where there is none.
  const commit = await git.revparse(['--verify', '--quiet', 'HEAD']).catch(() => '');
  return commit.trim() === '' ? 'the repository has no commit yet' : 'git could not read the repository';
}

function missingOfPackages({ environment, unseen }: Pick<Around, 'environment' | 'unseen'>): readonly MissingFact[] {
  if (!environment) {
    return [{ what: 'dependencies', why: whyNoPackages(unseen) }];
  }
  return environment.python === undefined
    ? [{ what: 'environment.python', why: 'the environment does not tell which Python it has' }]
    : [];
}

function whyNoPackages(unseen: Unseen | undefined): string {
  switch (unseen) {
    case 'ended':
      return 'no Python environment was found: the program had ended before its own could be seen, and the folder has none';
    case 'system':
      return 'no Python environment was found: which one a program in a terminal has can be seen on Linux only, and the folder has none';
    case 'hidden':
      return 'no Python environment was found: the one of the program in the terminal could not be seen, and the folder has none';
    default:
      return 'no Python environment was found: the command names none, none is active, and the folder has none';
  }
}
