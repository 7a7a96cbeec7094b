import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';

const GIT_TIMEOUT_MS = 120_000;

export interface SourceRequest {
  /** A folder in the repository that has the commit. */
  readonly repository: string;
  readonly commit: string;
  /** For `git apply --binary`. */
  readonly patch?: Uint8Array | undefined;
  /** A new or empty folder. */
  readonly to: string;
}

/**
 * Writes the source tree of a commit, with the patch applied, into a repository of its own at `to`, which borrows the objects of
 * `repository`. Nothing that the repository names is run: the clone has neither its hooks nor its configuration. Throws
 * `TARGET_NOT_EMPTY`, `REPOSITORY_NOT_FOUND`, `COMMIT_NOT_FOUND` and `PATCH_FAILED`; what was written is removed then.
 */
export async function writeSourceTree({ repository, commit, patch, to }: SourceRequest): Promise<void> {
  await refuseFull(to);
  const root = await rootOf(repository);
  const object = await gitIn(root)
    .raw(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`])
    .catch(() => '');
  if (object.trim() === '') {
    throw new RegistryError(
      'COMMIT_NOT_FOUND',
      `The commit ${commit} isn't in ${root}. Fetch it (\`git fetch --all\`, or \`git fetch --unshallow\` in a shallow clone) and ask again.`,
    );
  }
  try {
    await mkdir(dirname(to), { recursive: true });
    await gitIn(dirname(to)).raw(['clone', '--quiet', '--shared', '--no-checkout', '--no-tags', '--', root, to]);
    const git = gitIn(to);
    await git.raw(['checkout', '--quiet', '--detach', object.trim()]);
    if (patch && patch.length > 0) await applyPatch(git, patch, commit);
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    throw error;
  }
}

async function applyPatch(git: SimpleGit, patch: Uint8Array, commit: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'model-registry-patch-'));
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

async function rootOf(folder: string): Promise<string> {
  try {
    return (await gitIn(folder).raw(['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
  } catch (cause) {
    throw new RegistryError(
      'REPOSITORY_NOT_FOUND',
      `${folder} is in no git repository. Run this in a clone of the one that the model was trained in.`,
      { cause },
    );
  }
}

function gitIn(folder: string): SimpleGit {
  return simpleGit({ baseDir: folder, timeout: { block: GIT_TIMEOUT_MS } });
}
