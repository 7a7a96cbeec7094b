import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import type { SubmoduleLineage } from '../catalog/read-models/lineage.ts';
import { makeOwnFolder } from '../storage/own-folder.ts';
import { startsPrograms } from './git-status.ts';
import { rootBesides } from './own-tree.ts';

const GIT_TIMEOUT_MS = 120_000;

/**
 * A `clone` is a repository of its own that borrows the objects of the one with the commit. A `worktree` is one of that repository, with
 * which it shares branches and the registry; where the repository's configuration would start programs or names another tree, it is a clone all the same.
 */
export type SourceTreeKind = 'clone' | 'worktree';

export interface SourceRequest {
  /** Folders, of which the first in a repository that has the commit counts. */
  readonly near: readonly string[];
  readonly commit: string;
  /** For `git apply --binary`. */
  readonly patch?: Uint8Array | undefined;
  /** Absolute; a new or empty folder. */
  readonly to: string;
  readonly kind?: SourceTreeKind;
  /** At other commits than the tree's, maybe. */
  readonly submodules?: readonly SubmoduleLineage[] | undefined;
}

/**
 * Writes the source tree of a commit, with the patch applied, to `to`. Nothing that a repository names is run: no hooks, no filters
 * but git-lfs's. Returns the folder of the repository that has the commit. Throws `TARGET_NOT_EMPTY`, `REPOSITORY_NOT_FOUND`,
 * `COMMIT_NOT_FOUND` and `PATCH_FAILED`; what was written is removed then.
 */
export async function writeSourceTree(request: SourceRequest): Promise<{ readonly repository: string }> {
  const { near, commit, patch, to } = request;
  await refuseFull(to);
  const { root, object, hasOtherTree } = await repositoryWith(commit, near);
  const isWorktree = request.kind === 'worktree' && !hasOtherTree && !(await startsPrograms(gitIn(root), 'checkout'));
  try {
    await mkdir(dirname(to), { recursive: true });
    if (isWorktree) await addWorktree(root, object, to);
    else await cloneOf(root, object, to);
    if (patch && patch.length > 0) await applyPatch(gitIn(to), patch, commit);
    await noteSubmodules(gitIn(to), request.submodules ?? []);
    return { repository: root };
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    if (isWorktree) await gitIn(root).raw(['worktree', 'prune']);
    throw RegistryError.is(error) ? error : notWritten(to, error);
  }
}

function notWritten(to: string, cause: unknown): RegistryError {
  const [why = ''] = messageOf(cause).trim().split('\n').slice(-1);
  return new RegistryError(
    'TREE_NOT_WRITTEN',
    `The source tree can't be written to ${to}: ${why}. Name another folder; nothing was left behind.`,
    { cause },
  );
}

async function cloneOf(root: string, object: string, to: string): Promise<void> {
  await gitIn(dirname(to)).raw(['clone', '--quiet', '--shared', '--no-checkout', '--no-tags', '--', root, to]);
  await gitIn(to).raw(['checkout', '--quiet', '--detach', object]);
}

/** Without a checkout no hook is run, and `reset` knows but one, which looks for hooks where there are none. */
async function addWorktree(root: string, object: string, to: string): Promise<void> {
  await gitWithoutHooks(root).raw(['worktree', 'add', '--quiet', '--detach', '--no-checkout', '--', to, object]);
  await gitWithoutHooks(to).raw(['reset', '--quiet', '--hard', object]);
}

/** The folder in which git keeps what belongs to this tree alone. */
export async function gitFolderOf(tree: string): Promise<string> {
  return (await gitIn(tree).raw(['rev-parse', '--absolute-git-dir'])).replace(/\n$/, '');
}

/** So that git's own status and `git submodule update` know the commits that the patch names: applying it says nothing to the index. */
async function noteSubmodules(git: SimpleGit, submodules: readonly SubmoduleLineage[]): Promise<void> {
  for (const { path, commit } of submodules) {
    const listed = await git.raw(['--literal-pathspecs', 'ls-files', '--stage', '-z', '--', path]);
    // What a log by others names is changed only where the tree has a submodule.
    if (!listed.startsWith('160000 ') || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) continue;
    await git.raw(['update-index', '--cacheinfo', `160000,${commit},${path}`]);
  }
}

async function applyPatch(git: SimpleGit, patch: Uint8Array, commit: string): Promise<void> {
  const scratch = await makeOwnFolder('patch');
  try {
    const file = join(scratch, 'patch');
    await writeFile(file, patch);
    await git.raw(['apply', '--binary', '--whitespace=nowarn', '--', file]);
  } catch (cause) {
    throw new RegistryError(
      'PATCH_FAILED',
      `The recorded changes can't be applied to ${commit}: ${messageOf(cause).split('\n')[0] ?? ''}. Run \`model-registry verify\`; nothing was left behind.`,
      { cause },
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function refuseFull(to: string): Promise<void> {
  try {
    if ((await readdir(to)).length === 0) return;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw new RegistryError('TARGET_NOT_FOLDER', `${to} is not a folder. Choose a new or empty one.`, { cause: error });
  }
  throw new RegistryError('TARGET_NOT_EMPTY', `${to} isn't empty, so it is left alone. Choose a new or empty folder.`);
}

async function repositoryWith(
  commit: string,
  folders: readonly string[],
): Promise<Repository & { readonly object: string }> {
  const found = await Promise.all(folders.map(repositoryAround));
  const repositories = found.filter((repository) => repository !== undefined);
  for (const repository of repositories) {
    const { root } = repository;
    const wanted = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`];
    const object = (
      await gitIn(root)
        .raw(wanted)
        .catch(() => '')
    ).trim();
    if (object !== '') return { ...repository, object };
  }
  const first = repositories[0]?.root;
  if (first === undefined) {
    throw new RegistryError(
      'REPOSITORY_NOT_FOUND',
      `${folders.join(', ')} is in no git repository. Do this in a clone of the one that the model was trained in.`,
    );
  }
  const remotes = await gitIn(first)
    .raw(['remote'])
    .catch(() => '');
  const advice =
    remotes.trim() === ''
      ? 'It has no remote to fetch it from: do this in a repository that has the commit.'
      : 'Fetch it (`git fetch --all`, or `git fetch --unshallow` in a shallow clone) and ask again.';
  throw new RegistryError('COMMIT_NOT_FOUND', `The commit ${commit} isn't in ${first}. ${advice}`);
}

interface Repository {
  readonly root: string;
  /** Its configuration names another tree than its own. */
  readonly hasOtherTree: boolean;
}

/** The repository around a folder itself, whatever other tree its configuration names: in that, git would ask the repository that it belongs to. */
async function repositoryAround(folder: string): Promise<Repository | undefined> {
  try {
    const top = (await gitIn(folder).raw(['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
    const root = await rootBesides(folder, top);
    return { root: root ?? top, hasOtherTree: root !== undefined };
  } catch {
    return undefined;
  }
}

function gitIn(folder: string): SimpleGit {
  return simpleGit({ baseDir: folder, timeout: { block: GIT_TIMEOUT_MS } });
}

function gitWithoutHooks(folder: string): SimpleGit {
  return simpleGit({
    ...{ baseDir: folder, timeout: { block: GIT_TIMEOUT_MS }, config: [`core.hooksPath=${devNull}`] },
    // What isn't allowed by itself is to name a folder with hooks: this one has none.
    unsafe: { allowUnsafeHooksPath: true },
  });
}
