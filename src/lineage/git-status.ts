import type { SimpleGit } from 'simple-git';
import { changedNamesArgs, statusArgs } from './git-options.ts';
import { type HiddenFiles, hiddenFiles, whileShown } from './hidden-files.ts';
import { indexMarksOf, readIndexMarks } from './index-marks.ts';

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
 * True where the tree of the repository at `top` isn't that of HEAD, or of the commit given, and where that can't be found out. Files that git was
 * told not to look at are looked at.
 */
export async function hasChanges(
  git: SimpleGit,
  top: string,
  since: string | undefined,
  marks = indexMarksOf(top),
): Promise<boolean> {
  try {
    if (await startsPrograms(git)) return true;
    const readHidden = async () => hiddenFiles(top, await marks());
    const [isChanged, hidden] = await Promise.all([differs(git, since), readHidden()]);
    return isChanged || (hides(hidden) && (await whileShown(top, hidden, (shown) => differs(shown, since))));
  } catch {
    return true;
  }
}

async function differs(git: SimpleGit, since: string | undefined): Promise<boolean> {
  const changes = await entriesOf(git);
  if (since === undefined) return changes.length > 0;
  return changes.some(({ isUntracked }) => isUntracked) || (await git.raw([...changedNamesArgs(since)])) !== '';
}

/**
 * The files that differ from HEAD, or from the commit given, and those that git doesn't track, relative to the root of the repository, which is `top`;
 * undefined where that can't be found out.
 */
export async function changedPaths(
  git: SimpleGit,
  top: string,
  since: string | undefined,
): Promise<readonly string[] | undefined> {
  try {
    if (await startsPrograms(git)) return undefined;
    const hidden = await hiddenFiles(top, await readIndexMarks(top));
    return await (hides(hidden)
      ? whileShown(top, hidden, (shown) => differingPaths(shown, since))
      : differingPaths(git, since));
  } catch {
    return undefined;
  }
}

function hides({ assumed, skipped }: HiddenFiles): boolean {
  return assumed.length > 0 || skipped.length > 0;
}

async function differingPaths(git: SimpleGit, since: string | undefined): Promise<readonly string[]> {
  const found = await entriesOf(git);
  // Of a folder that git doesn't track, the folder alone is told at first.
  const entries = found.some(({ path }) => path.endsWith('/')) ? await entriesOf(git, 'all') : found;
  if (since === undefined) return entries.map(({ path }) => path);
  const differing = await git.raw([...changedNamesArgs(since)]);
  const untracked = entries.filter(({ isUntracked }) => isUntracked).map(({ path }) => path);
  return [...differing.split('\0').filter((path) => path !== ''), ...untracked];
}

/** Each is `XY <path>`, since renames aren't looked for. */
async function entriesOf(git: SimpleGit, untracked: 'normal' | 'all' = 'normal') {
  const text = await git.raw([...statusArgs(untracked)]);
  const entries = text.split('\0').filter((entry) => entry !== '');
  return entries.map((entry) => ({ path: entry.slice(3), isUntracked: entry.startsWith('??') }));
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
