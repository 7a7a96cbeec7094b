import { RegistryError } from '../base/errors.ts';
import { commitIn, repositoryAround } from './code-between.ts';
import { askGit, type GitQuestion } from './git-process.ts';
import { type CodeState, scratchFor } from './patched-tree.ts';

const MAX_BYTES = 4 * 1024 * 1024;
/** git itself takes what has a zero in its first bytes for binary. */
const LOOKED_AT = 8000;

export interface SourceFileRequest {
  /** Folders to look in, the first whose repository has the commit counts. */
  readonly folders: readonly string[];
  readonly commit: string;
  /** What the working tree had that the commit hasn't. */
  readonly patch?: Uint8Array | undefined;
  /** From the root of the repository. */
  readonly path: string;
}

/** What a file had in it at a commit; `absent` where the commit has none at this place, `binary` and `large` where it can't be shown as text. */
export type SourceFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'binary' | 'large'; readonly sizeBytes: number };

/** Reads a file as it was at a commit, without running what the repository names. Throws `COMMIT_NOT_FOUND`, `GIT_MISSING`. */
export async function sourceFile({ folders, commit, patch, path }: SourceFileRequest): Promise<SourceFile> {
  for (const folder of folders) {
    try {
      const root = await repositoryAround(folder);
      const found = await commitIn(root, commit);
      if (found === undefined) continue;
      if (!patch || !(await isChangedBy(root, patch, path))) return await fileAt(root, `${found}:${path}`);
      return await patchedFileAt(root, { commit: found, patch }, path);
    } catch (error) {
      if (!RegistryError.is(error, 'REPOSITORY_NOT_FOUND')) throw error;
    }
  }
  throw new RegistryError(
    'COMMIT_NOT_FOUND',
    `The commit ${commit.slice(0, 12)} isn’t in a repository of this window. Run \`git fetch --all\` and open the file again.`,
  );
}

/** Whether a patch is about the file. */
async function isChangedBy(root: string, patch: Uint8Array, path: string): Promise<boolean> {
  const listed = (await askGit(root, ['apply', '--numstat', '-z', '-'], { input: patch })).toString('utf8');
  return listed.split('\0').some((line) => line.split('\t').slice(2).join('\t') === path || line === path);
}

async function patchedFileAt(root: string, state: CodeState, path: string): Promise<SourceFile> {
  const scratch = await scratchFor(root, {});
  try {
    return await fileAt(root, `${await scratch.treeOf(state)}:${path}`, scratch.question);
  } finally {
    await scratch.dispose();
  }
}

async function fileAt(root: string, object: string, question: GitQuestion = {}): Promise<SourceFile> {
  const sizeBytes = await sizeOf(root, object, question);
  if (sizeBytes === undefined) return { kind: 'absent' };
  if (sizeBytes > MAX_BYTES) return { kind: 'large', sizeBytes };
  const bytes = await askGit(root, ['cat-file', 'blob', object], question);
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return { kind: 'binary', sizeBytes };
  return { kind: 'text', text: bytes.toString('utf8') };
}

/** Undefined where there is no file: nothing, a folder, or a submodule. */
async function sizeOf(root: string, object: string, question: GitQuestion): Promise<number | undefined> {
  try {
    const type = (await askGit(root, ['cat-file', '-t', object], question)).toString().trim();
    return type === 'blob' ? Number((await askGit(root, ['cat-file', '-s', object], question)).toString()) : undefined;
  } catch (error) {
    if (RegistryError.is(error, 'GIT_FAILED')) return undefined;
    throw error;
  }
}
