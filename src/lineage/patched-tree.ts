import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { makeOwnFolder } from '../storage/own-folder.ts';
import { askGit, type GitQuestion } from './git-process.ts';

/** A commit, and what the working tree had that it hasn't. */
export interface CodeState {
  readonly commit: string;
  /** For `git apply --binary`. */
  readonly patch?: Uint8Array | undefined;
}

/** A scratch place for trees that the repository doesn't have: it is read, and nothing is written into it. */
export interface Scratch {
  /** For questions about the trees. */
  readonly question: GitQuestion;
  /** The tree of a commit of the repository with the patch applied; of one without a patch the commit itself. Throws `GIT_FAILED` where it can't be applied. */
  treeOf(state: CodeState): Promise<string>;
  dispose(): Promise<void>;
}

/** Makes a scratch place beside the repository at `root`. Dispose of it. */
export async function scratchFor(root: string, question: GitQuestion): Promise<Scratch> {
  const folder = await makeOwnFolder('tree');
  const dispose = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const args = ['rev-parse', '--path-format=absolute', '--git-path', 'objects'];
    const objects = (await askGit(root, args, question)).toString('utf8').replace(/\n$/, '');
    await mkdir(join(folder, 'objects'));
    const env = { GIT_OBJECT_DIRECTORY: join(folder, 'objects'), GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects) };
    let count = 0;
    return {
      question: { ...question, env },
      async treeOf({ commit, patch }) {
        if (!patch || patch.length === 0) return commit;
        count += 1;
        const own = { ...question, env: { ...env, GIT_INDEX_FILE: join(folder, `index-${count}`) } };
        const file = join(folder, `patch-${count}`);
        await writeFile(file, patch);
        await askGit(root, ['read-tree', commit], own);
        // In the index alone: no file is written, and no filter asked.
        await askGit(root, ['apply', '--cached', '--binary', '--whitespace=nowarn', '--', file], own);
        return (await askGit(root, ['write-tree'], own)).toString().trim();
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** A path in a list of paths. */
function quoted(path: string): string {
  return path.includes(delimiter) || path.includes('"') ? JSON.stringify(path) : path;
}
