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
 * remote's URL without credentials; the folder of the repository that `folder` is, tags, and whether it was pushed. Undefined outside a repository, before its first commit, and where git isn't installed.
 *
 * `known` is the commit that was checked out when it counted, if somebody may have made another one since.
 *
 * Runs nothing that the repository names: where its configuration makes git start a program to compare files, it counts as changed.
 */
export async function readCode(
  folder: string,
  capturedAt: CodeLineage['capturedAt'],
  known?: string,
): Promise<CodeLineage | undefined> {
  const git = await gitIn(folder);
  if (!git) return undefined;
  try {
    const head = (await git.revparse(['HEAD'])).trim();
    const commit = known ?? head;
    const [branch, isDirty, remotes, prefix, tags, pushed] = await Promise.all([
      git.raw(['symbolic-ref', '--short', '-q', 'HEAD']).catch(() => ''),
      hasChanges(git, commit === head ? undefined : commit),
      git.getRemotes(true),
      git.revparse(['--show-prefix']).catch(() => ''),
      git
        .raw(['for-each-ref', '--points-at', commit, '--count=20', '--format=%(refname:short)', 'refs/tags'])
        .catch(() => ''),
      isPushed(git, commit),
    ]);
    const folder = prefix.replace(/\/?\n?$/, '');
    const tagNames = tags.split('\n').filter((name) => name !== '');
    const url = (remotes.find(({ name }) => name === 'origin') ?? remotes[0])?.refs.fetch;
    const remote = url ? withoutCredentials(url) : undefined;
    return {
      commit,
      isDirty,
      capturedAt,
      ...(branch.trim() === '' ? {} : { branch: branch.trim() }),
      ...(remote === undefined ? {} : { remote }),
      ...(folder === '' ? {} : { folder }),
      ...(tagNames.length === 0 ? {} : { tags: tagNames }),
      ...(remotes.length === 0 || pushed === undefined ? {} : { isPushed: pushed }),
    };
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

/** True where the tree isn't that of HEAD, or of the commit given, and where that can't be found out. */
async function hasChanges(git: SimpleGit, since: string | undefined): Promise<boolean> {
  try {
    if (await startsPrograms(git)) return true;
    // Without the index lock git runs no hook; a submodule's own status would follow the submodule's configuration.
    const changes = await git.raw(['--no-optional-locks', 'status', '--porcelain', '--ignore-submodules=dirty']);
    if (since === undefined) return changes !== '';
    const names = ['--name-only', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'];
    return /^\?\? /m.test(changes) || (await git.raw(['--no-optional-locks', 'diff', ...names, since, '--'])) !== '';
  } catch {
    return true;
  }
}

/** What `git lfs install --local` writes: the program is the user's own. */
const LFS_FILTERS: ReadonlySet<string> = new Set([
  'git-lfs clean -- %f',
  'git-lfs filter-process',
  'git-lfs smudge -- %f',
  'git-lfs smudge --skip -- %f',
  'git-lfs filter-process --skip',
]);
/** By what is to be done: the filters that git runs then. */
const FILTERS = {
  status: /^filter\..*\.(clean|process)$/s,
  checkout: /^filter\..*\.(clean|process|smudge)$/s,
} as const;
const BOOLEAN = /^(true|false|yes|no|on|off|\d*)$/i;

/** Whether the repository's own configuration, which may have come with a download, makes git start a program at a status or checkout. */
export async function startsPrograms(git: SimpleGit, at: keyof typeof FILTERS = 'status'): Promise<boolean> {
  const fields = (await git.raw(['config', '--list', '--includes', '--show-scope', '-z'])).split('\0');
  const own = new Map<string, string>();
  for (let place = 0; place + 1 < fields.length; place += 2) {
    if (fields[place] !== 'local' && fields[place] !== 'worktree') continue;
    const [key = '', ...lines] = (fields[place + 1] ?? '').split('\n');
    const value = lines.join('\n');
    if (key === 'core.fsmonitor' && !BOOLEAN.test(value)) return true;
    if (FILTERS[at].test(key) && !LFS_FILTERS.has(value)) return true;
    own.set(key, value);
  }
  // A partial clone fetches what it lacks, through whatever transport it names.
  const keys = [...own.keys()];
  const isPartial = keys.some((key) => key === 'extensions.partialclone' || key.endsWith('.promisor'));
  return (
    isPartial && (keys.some((key) => TRANSPORT.test(key)) || [...own.values()].some((value) => value.includes('::')))
  );
}

const TRANSPORT = /^(core\.(sshcommand|gitproxy|askpass)|credential\..*|remote\..*\.(uploadpack|vcs)|url\..*)$/s;

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
