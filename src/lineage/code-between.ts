import { RegistryError } from '../base/errors.ts';
import { type ChangedFiles, changedFiles } from './changed-files.ts';
import type { CodeBetween, CommitEntry, CommitList } from './code-history.ts';
import { askGit, type GitQuestion } from './git-process.ts';
import { rootBesides } from './own-tree.ts';
import { type CodeState, scratchFor } from './patched-tree.ts';

/** Commits that are listed at most of each side. */
const MAX_COMMITS = 1000;

export interface CodeBetweenRequest {
  /** Folders to look in, the first that has both commits counts. */
  readonly folders: readonly string[];
  readonly before: CodeState;
  readonly after: CodeState;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Commits and files between two states of the code, from the repository around the first of `folders` that has both commits. Nothing that the repository names
 * is run, nothing is fetched, and nothing written. Throws `GIT_MISSING`, `REPOSITORY_NOT_FOUND`, and `COMMIT_NOT_FOUND` where no repository has both.
 */
export async function codeBetween({ folders, before, after, signal }: CodeBetweenRequest): Promise<CodeBetween> {
  const question: GitQuestion = { signal };
  const { root, from, to } = await repositoryWith(folders, before.commit, after.commit, question);
  const isShallow =
    (await askGit(root, ['rev-parse', '--is-shallow-repository'], question)).toString().trim() === 'true';
  const [added, removed, files] = await Promise.all([
    commitsIn(root, from, to, question),
    commitsIn(root, to, from, question),
    filesBetween(root, { ...before, commit: from }, { ...after, commit: to }, question),
  ]);
  const shallow = isShallow
    ? ['This is a shallow clone, so commits may be missing here: run `git fetch --unshallow`.']
    : [];
  return { repository: root, added, removed, ...files, missing: [...shallow, ...files.missing] };
}

/** With the uncommitted changes of both, where there are any and they can be applied. */
async function filesBetween(
  root: string,
  before: CodeState,
  after: CodeState,
  question: GitQuestion,
): Promise<ChangedFiles> {
  if (!before.patch && !after.patch) return changedFiles(root, before.commit, after.commit, question);
  try {
    const scratch = await scratchFor(root, question);
    try {
      const [from, to] = await Promise.all([scratch.treeOf(before), scratch.treeOf(after)]);
      return await changedFiles(root, from, to, scratch.question);
    } finally {
      await scratch.dispose();
    }
  } catch (error) {
    if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
    const files = await changedFiles(root, before.commit, after.commit, question);
    return { ...files, missing: [...files.missing, `Uncommitted changes are left out: ${error.message}`] };
  }
}

/** The first folder's repository that has both commits. */
async function repositoryWith(
  folders: readonly string[],
  before: string,
  after: string,
  question: GitQuestion,
): Promise<{ readonly root: string; readonly from: string; readonly to: string }> {
  let problem: RegistryError | undefined;
  for (const folder of folders) {
    try {
      const root = await repositoryAround(folder, question);
      const [from, to] = await Promise.all([commitIn(root, before, question), commitIn(root, after, question)]);
      if (from !== undefined && to !== undefined) return { root, from, to };
      problem = await notHere(root, [from === undefined ? before : '', to === undefined ? after : ''], question);
    } catch (error) {
      if (!RegistryError.is(error)) throw error;
      if (RegistryError.is(error, 'OPERATION_CANCELLED')) throw error;
      problem ??= error;
    }
  }
  throw problem ?? new RegistryError('REPOSITORY_NOT_FOUND', 'No folder is open whose repository could be asked.');
}

/**
 * The root of the repository around a folder, whatever other tree its configuration names: in that, git would ask the repository that it belongs to.
 * Throws `REPOSITORY_NOT_FOUND`, `GIT_MISSING`.
 */
export async function repositoryAround(folder: string, question: GitQuestion = {}): Promise<string> {
  try {
    const asked = await askGit(folder, ['rev-parse', '--show-toplevel'], question);
    const top = asked.toString('utf8').replace(/\n$/, '');
    return (await rootBesides(folder, top)) ?? top;
  } catch (error) {
    if (!RegistryError.is(error, 'GIT_FAILED')) throw error;
    const message = `${folder} is in no git repository that can be read (${error.message}). Open a clone of the one that the model was trained in.`;
    throw new RegistryError('REPOSITORY_NOT_FOUND', message, { cause: error });
  }
}

/** The full id of a commit that the repository has. */
export async function commitIn(root: string, commit: string, question: GitQuestion = {}): Promise<string | undefined> {
  if (!/^[0-9a-f]{4,64}$/i.test(commit)) return undefined;
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`];
    return (await askGit(root, args, question)).toString().trim();
  } catch (error) {
    if (RegistryError.is(error, 'GIT_FAILED')) return undefined;
    throw error;
  }
}

async function notHere(root: string, commits: readonly string[], question: GitQuestion): Promise<RegistryError> {
  const names = [...new Set(commits.filter((commit) => commit !== ''))].map((commit) => commit.slice(0, 12));
  const isShallow =
    (await askGit(root, ['rev-parse', '--is-shallow-repository'], question)).toString().trim() === 'true';
  const advice = isShallow
    ? 'It is a shallow clone: run `git fetch --unshallow`.'
    : 'Run `git fetch --all`; if they were never pushed, only the machine that trained has them.';
  const what = names.length === 1 ? `The commit ${names[0]} isn’t` : `The commits ${names.join(' and ')} aren’t`;
  return new RegistryError('COMMIT_NOT_FOUND', `${what} in ${root}. ${advice}`);
}

/** `log` would obey the repository's settings, one of which starts a program that checks signatures; `rev-list` doesn't. */
async function commitsIn(root: string, from: string, to: string, question: GitQuestion): Promise<CommitList> {
  const range = [to, `^${from}`];
  const format = '--format=%H%x00%an%x00%aI%x00%s%x00';
  const [listed, counted] = await Promise.all([
    askGit(root, ['rev-list', `--max-count=${MAX_COMMITS}`, '--encoding=UTF-8', format, ...range, '--'], question),
    askGit(root, ['rev-list', '--count', ...range, '--'], question),
  ]);
  return { commits: commitEntries(listed.toString('utf8')), count: Number(counted.toString()) };
}

function commitEntries(text: string): readonly CommitEntry[] {
  const fields = text.split('\0');
  const commits: CommitEntry[] = [];
  for (let place = 0; place + 3 < fields.length; place += 4) {
    // Before each entry stands a line `commit <id>`.
    const commit = fields[place]?.trim().split('\n').at(-1) ?? '';
    const [author = '', at = '', subject = ''] = fields.slice(place + 1, place + 4);
    commits.push({ commit, author, at, subject });
  }
  return commits;
}
