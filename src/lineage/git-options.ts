/**
 * What is asked of a working tree, in one place: each setting of the user or of the repository that would change the answer has its option here. Those that aren't
 * named change nothing that is asked (`status.branch`, `status.relativePaths` and the like are for people, and `--porcelain` doesn't know them), or nothing but
 * the time that it takes.
 */
const ASKED = [
  // Without the index lock git runs no hook.
  '--no-optional-locks',
  // Others get the commit as it is, and not what stands in its place here.
  '--no-replace-objects',
  '--no-pager',
  // A file whose time alone differs isn't a change.
  ...['-c', 'diff.autoRefreshIndex=true'],
  // Where the file that is named isn't there, git says nothing at all.
  ...['-c', 'diff.orderFile=/dev/null'],
] as const;

/** A submodule's own status would follow the submodule's configuration; its commit counts here. */
const SUBMODULES = '--ignore-submodules=dirty';

/** `XY <path>` each, paths relative to the root of the repository. Of a folder that git doesn't track, the folder alone unless `untracked` is `all`. */
export function statusArgs(untracked: 'normal' | 'all' = 'normal'): readonly string[] {
  const how = ['--porcelain=v1', '-z', '--no-renames', `--untracked-files=${untracked}`];
  return [...ASKED, 'status', ...how, SUBMODULES];
}

/** In the whole repository. */
const DIFF = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--no-relative'] as const;

/** The names of what differs from a commit. */
export function changedNamesArgs(commit: string): readonly string[] {
  return [...ASKED, 'diff', '--name-only', '-z', ...DIFF, SUBMODULES, commit, '--'];
}

/** What differs from a commit, for `git apply --binary`, written to a file. */
export function patchArgs(commit: string, output: string): readonly string[] {
  const form = ['--binary', '--full-index', '--src-prefix=a/', '--dst-prefix=b/', '--submodule=short'];
  const parts = ['--unified=3', '--inter-hunk-context=0', '--diff-algorithm=myers'];
  const quoted = ['-c', 'core.quotePath=true'];
  return [...ASKED, ...quoted, 'diff', commit, `--output=${output}`, ...form, ...parts, ...DIFF, SUBMODULES];
}
