import type { SimpleGit } from 'simple-git';
import type { CodeLineage } from '../registry/api.ts';

const GIT_TIMEOUT_MS = 10_000;

/** git for `folder`, or undefined where the folder doesn't exist. It may still turn out not to be installed at the first command. */
export async function gitIn(folder: string): Promise<SimpleGit | undefined> {
  const { simpleGit } = await import('simple-git');
  try {
    return simpleGit({ baseDir: folder, timeout: { block: GIT_TIMEOUT_MS } });
  } catch {
    return undefined;
  }
}

/**
 * The commit checked out in the repository around `folder`, its branch (absent on a detached HEAD), whether anything isn't committed, and the
 * remote's URL without credentials. Undefined outside a repository, before its first commit, and where git isn't installed.
 */
export async function readCode(
  folder: string,
  capturedAt: CodeLineage['capturedAt'],
): Promise<CodeLineage | undefined> {
  const git = await gitIn(folder);
  if (!git) return undefined;
  try {
    const commit = (await git.revparse(['HEAD'])).trim();
    const [branch, status, remotes] = await Promise.all([
      git.raw(['symbolic-ref', '--short', '-q', 'HEAD']).catch(() => ''),
      git.status(),
      git.getRemotes(true),
    ]);
    const url = (remotes.find(({ name }) => name === 'origin') ?? remotes[0])?.refs.fetch;
    const remote = url ? withoutCredentials(url) : undefined;
    return {
      commit,
      isDirty: !status.isClean(),
      capturedAt,
      ...(branch.trim() === '' ? {} : { branch: branch.trim() }),
      ...(remote === undefined ? {} : { remote }),
    };
  } catch {
    return undefined;
  }
}

/** `https://user:token@host/x?sig=…` is `https://host/x`. A URL of another form than the usual ones is left out whole. */
export function withoutCredentials(url: string): string | undefined {
  const scp = /^(?:[^@/:\s]+@)?([A-Za-z0-9.-]+:[^\s?#]*)$/.exec(url);
  if (scp && !url.includes('://')) return scp[1];
  try {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    parsed.search = '';
    parsed.hash = '';
    return parsed.toString();
  } catch {
    return url.startsWith('/') ? url : undefined;
  }
}
