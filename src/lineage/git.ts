import { basename } from 'node:path';
import type { SimpleGit } from 'simple-git';
import type { CodeLineage } from '../catalog/read-models/lineage.ts';
import { pipeInGit } from './git-pipes.ts';
import { changedPaths, gitIn, hasChanges } from './git-status.ts';
import { indexMarksOf } from './index-marks.ts';
import { rootBesides } from './own-tree.ts';
import { readSubmodules } from './submodules.ts';

/**
 * The commit checked out in the repository around `folder`, its branch (absent on a detached HEAD), whether anything isn't committed, and the
 * remote's URL without credentials; the repository's name, the folder of it that `folder` is, tags, submodules, and whether it was pushed. Undefined outside a repository, before its first commit, and where git isn't installed.
 *
 * `known` is the commit that was checked out when it counted, if somebody may have made another one since.
 *
 * Runs nothing that the repository names: where its configuration makes git start a program to compare files, it counts as changed, and so it does where that names another tree.
 */
export async function readCode(
  folder: string,
  capturedAt: CodeLineage['capturedAt'],
  known?: string,
): Promise<CodeLineage | undefined> {
  return (await readTree(folder, capturedAt, known))?.code;
}

/** The code of a folder, and what isn't committed of it. */
export interface Tree {
  readonly code: CodeLineage;
  /** The root of the repository. */
  readonly top: string;
  /** Relative to the root of the repository; undefined where that can't be told. */
  readonly changed: () => Promise<readonly string[] | undefined>;
}

/** The same, with the files that aren't committed, as they are when they are asked for. */
export async function readTree(
  folder: string,
  capturedAt: CodeLineage['capturedAt'],
  known?: string,
): Promise<Tree | undefined> {
  const git = await gitIn(folder);
  if (!git || (await pipeInGit(folder)) !== undefined) return undefined;
  try {
    const head = (await git.revparse(['HEAD'])).trim();
    const commit = known ?? head;
    const top = (await git.revparse(['--show-toplevel'])).replace(/\n$/, '');
    const elsewhere = await rootBesides(folder, top);
    const marks = indexMarksOf(top);
    const [branch, isDirty, remotes, prefix, tags, pushed, submodules] = await Promise.all([
      git.raw(['symbolic-ref', '--short', '-q', 'HEAD']).catch(() => ''),
      elsewhere !== undefined || hasChanges(git, top, commit === head ? undefined : commit, marks),
      git.getRemotes(true),
      git.revparse(['--show-prefix']).catch(() => ''),
      git
        .raw(['for-each-ref', '--points-at', commit, '--count=20', '--format=%(refname:short)', 'refs/tags'])
        .catch(() => ''),
      isPushed(git, commit),
      elsewhere === undefined ? readSubmodules(top, marks) : [],
    ]);
    const within = prefix.replace(/\/?\n?$/, '');
    const tagNames = tags.split('\n').filter((name) => name !== '');
    const url = (remotes.find(({ name }) => name === 'origin') ?? remotes[0])?.refs.fetch;
    const remote = url ? withoutCredentials(url) : undefined;
    const code: CodeLineage = {
      commit,
      isDirty,
      capturedAt,
      repository: basename(elsewhere ?? top),
      ...(branch.trim() === '' ? {} : { branch: branch.trim() }),
      ...(remote === undefined ? {} : { remote }),
      ...(within === '' ? {} : { folder: within }),
      ...(tagNames.length === 0 ? {} : { tags: tagNames }),
      ...(submodules.length === 0 ? {} : { submodules }),
      ...(remotes.length === 0 || pushed === undefined ? {} : { isPushed: pushed }),
    };
    if (elsewhere !== undefined) return { code, top: elsewhere, changed: async () => undefined };
    return { code, top, changed: () => changedPaths(git, top, commit === head ? undefined : commit) };
  } catch {
    return undefined;
  }
}

/** Whether a branch of a remote has the commit, as far as this clone knows; undefined where that can't be told. */
async function isPushed(git: SimpleGit, commit: string): Promise<boolean | undefined> {
  try {
    return (await git.raw(['for-each-ref', '--contains', commit, '--count=1', 'refs/remotes'])) !== '';
  } catch {
    // A shallow clone lacks the commits between.
    return undefined;
  }
}

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'ssh:', 'git:', 'git+ssh:', 'file:']);

/** `https://user:token@host/x?sig=…` is `https://host/x`. A URL of another form than the usual ones is left out whole. */
export function withoutCredentials(url: string): string | undefined {
  const scp = /^(?:[^@/:\s]+@)?([A-Za-z0-9.-]+:[^\s?#@]*)$/.exec(url);
  if (scp && !url.includes('://')) return scp[1];
  try {
    const parsed = new URL(url);
    if (!PROTOCOLS.has(parsed.protocol)) return undefined;
    parsed.username = '';
    parsed.password = '';
    parsed.search = '';
    parsed.hash = '';
    return parsed.toString();
  } catch {
    return url.startsWith('/') ? url : undefined;
  }
}
