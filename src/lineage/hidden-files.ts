import { readdir, rm, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { groupBy } from '../base/group-by.ts';
import { makeOwnFolder } from '../storage/own-folder.ts';
import { askGit } from './git-process.ts';
import { copyIndex, gitWithIndex } from './index-copy.ts';
import type { IndexMarks } from './index-marks.ts';

/** A repository of two million files has about as much. */
const MAX_BYTES = 128 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
/** Many patterns and paths take git long. */
const RULES_TIMEOUT_MS = 5_000;

/** Tracked files whose changes git was told not to look for, relative to the root of the repository. */
export interface HiddenFiles {
  /** By `git update-index --assume-unchanged`. */
  readonly assumed: readonly string[];
  /** By `--skip-worktree`, but for those that a sparse checkout leaves out: it says the same of them. */
  readonly skipped: readonly string[];
}

/** Those of the repository at `top`, by the marks in its index. Throws where git can't tell. */
export async function hiddenFiles(top: string, { assumed, skipped }: IndexMarks): Promise<HiddenFiles> {
  return { assumed, skipped: skipped.length === 0 ? [] : await wantedOf(top, skipped) };
}

/** Without those that aren't to be there. */
async function wantedOf(top: string, skipped: readonly string[]): Promise<readonly string[]> {
  const found = await present(top, skipped);
  if (found.length === skipped.length) return found;
  if (!(await isSparse(top))) return skipped;
  const isFound = new Set(found);
  const missing = skipped.filter((path) => !isFound.has(path));
  return [...found, ...(await includedOf(top, missing))];
}

/** Without patterns, a sparse checkout has everything. */
async function isSparse(top: string): Promise<boolean> {
  const asked = ['config', '--get', '--type=bool', '--default=false', 'core.sparseCheckout'];
  if ((await askGit(top, asked)).toString().trim() !== 'true') return false;
  const named = await askGit(top, ['rev-parse', '--path-format=absolute', '--git-path', 'info/sparse-checkout']);
  return (await stat(named.toString().replace(/\n$/, '')).catch(() => undefined))?.isFile() === true;
}

/** Which of the paths a sparse checkout has, by its patterns; none where git is older than 2.41 and can't tell. */
async function includedOf(top: string, paths: readonly string[]): Promise<readonly string[]> {
  try {
    const question = { input: listOf(paths), maxBytes: MAX_BYTES, timeoutMs: RULES_TIMEOUT_MS };
    const included = await askGit(top, ['sparse-checkout', 'check-rules', '-z'], question);
    return included
      .toString('utf8')
      .split('\0')
      .filter((path) => path !== '');
  } catch (error) {
    if (RegistryError.is(error, 'GIT_FAILED')) return [];
    throw error;
  }
}

function listOf(paths: readonly string[]): Buffer {
  return Buffer.from(paths.map((path) => `${path}\0`).join(''));
}

/** What `ask` finds out from a copy of the index at `top` in which the files aren't hidden. */
export async function whileShown<T>(top: string, hidden: HiddenFiles, ask: (git: SimpleGit) => Promise<T>): Promise<T> {
  const scratch = await makeOwnFolder('patch');
  try {
    const index = (await askGit(top, ['rev-parse', '--path-format=absolute', '--git-path', 'index'])).toString();
    const copy = join(scratch, 'index');
    await copyIndex(index.replace(/\n$/, ''), copy);
    await show(top, copy, hidden);
    return await ask(gitWithIndex(top, copy));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Has an index, which is a copy, hide the files no more. */
export async function show(top: string, index: string, { assumed, skipped }: HiddenFiles): Promise<void> {
  const flags = [
    ['--no-assume-unchanged', assumed],
    ['--no-skip-worktree', skipped],
  ] as const;
  for (const [flag, paths] of flags) {
    if (paths.length === 0) continue;
    const question = { input: listOf(paths), timeoutMs: TIMEOUT_MS, env: { GIT_INDEX_FILE: index } };
    await askGit(top, ['update-index', flag, '-z', '--stdin'], question);
  }
}

/** A sparse checkout may leave out most of a repository: each folder is read once, and none below one that isn't there. */
async function present(top: string, paths: readonly string[]): Promise<readonly string[]> {
  const folders = new Map<string, Promise<ReadonlySet<string>>>();
  const namesIn = (folder: string): Promise<ReadonlySet<string>> => {
    const names = folders.get(folder) ?? readNames(folder);
    folders.set(folder, names);
    return names;
  };
  const readNames = async (folder: string): Promise<ReadonlySet<string>> => {
    const { dir, base } = posix.parse(folder);
    if (folder !== '' && !(await namesIn(dir)).has(base.normalize())) return new Set();
    try {
      return new Set((await readdir(join(top, folder))).map((name) => name.normalize()));
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return new Set();
      throw error;
    }
  };
  const found: string[] = [];
  for (const [folder, inFolder] of groupBy(paths, (path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))))) {
    const names = await namesIn(folder);
    const start = folder === '' ? 0 : folder.length + 1;
    if (names.size > 0) found.push(...inFolder.filter((path) => names.has(path.slice(start).normalize())));
  }
  return found;
}
