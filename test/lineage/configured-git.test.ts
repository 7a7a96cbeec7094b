import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBetween } from '../../src/lineage/code-between.ts';
import { readCode, readTree } from '../../src/lineage/git.ts';
import type { CodeState } from '../../src/lineage/patched-tree.ts';
import { sourceFile } from '../../src/lineage/source-file.ts';
import { writeSourceTree } from '../../src/lineage/source-tree.ts';
import { readUncommitted } from '../../src/lineage/uncommitted.ts';
import { git, temporaryFolder, write } from './folder.ts';

/** A repository with a submodule `lib` and two commits. */
async function repository(): Promise<string> {
  const library = await temporaryFolder();
  git(library, 'init', '--quiet', '--initial-branch=main');
  await write(library, 'y.py', 'Y = 1\n');
  git(library, 'add', '--all');
  git(library, 'commit', '--quiet', '--message', 'First');
  const folder = await temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  for (const file of ['train.py', 'src/ü.py', 'data/a.csv'])
    await write(folder, file, ['1', '2', '3', '', '5', '6', '7', '8', '9', ''].join('\n'));
  git(folder, 'submodule', '--quiet', 'add', library, 'lib');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'First');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Second');
  return folder;
}

async function changeAll(folder: string): Promise<void> {
  for (const file of ['train.py', 'src/ü.py']) await write(folder, file, '1\n2\n3\n\n5\n6\n7\n8\nnine\n');
  await write(folder, 'new/extra.py', 'X = 1\n');
  git(join(folder, 'lib'), 'commit', '--quiet', '--allow-empty', '--message', 'Moved');
}

/** Everything that is told of a tree, also from a folder of it and since an earlier commit. */
async function told(folder: string) {
  const first = git(folder, 'rev-parse', 'HEAD~1');
  const within = join(folder, 'data');
  const uncommitted = await readUncommitted(folder, ['**']);
  return {
    isDirty: [await readCode(folder, 'start'), await readCode(within, 'start', first)].map((code) => code?.isDirty),
    changed: (await (await readTree(within, 'start'))?.changed())?.toSorted(),
    since: (await (await readTree(within, 'start', first))?.changed())?.toSorted(),
    patch: Buffer.from(uncommitted?.patch ?? '').toString(),
    untracked: uncommitted?.untrackedCount,
  };
}

const SETTINGS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['leaves out untracked files', { 'status.showUntrackedFiles': 'no' }],
  [
    'has the answers as people like them',
    {
      ...{
        'status.relativePaths': 'true',
        'status.renames': 'copies',
        'status.branch': 'true',
        'status.short': 'true',
      },
      ...{
        'status.showStash': 'true',
        'status.submoduleSummary': 'true',
        'core.quotePath': 'false',
        'core.abbrev': '5',
      },
      ...{
        'core.pager': 'false',
        'core.untrackedCache': 'true',
        'diff.mnemonicPrefix': 'true',
        'diff.colorMoved': 'zebra',
      },
      ...{ 'color.ui': 'always', 'color.status': 'always', 'color.diff': 'always' },
    },
  ],
  [
    'has other differences',
    {
      ...{ 'diff.noprefix': 'true', 'diff.context': '0', 'diff.interHunkContext': '9', 'diff.algorithm': 'patience' },
      ...{ 'diff.renames': 'copies', 'diff.relative': 'true', 'diff.autoRefreshIndex': 'false' },
    },
  ],
  ['leaves out submodules', { 'diff.ignoreSubmodules': 'all', 'diff.submodule': 'log' }],
  ['leaves out a submodule', { 'submodule.lib.ignore': 'all' }],
  ['names an order that isn’t there', { 'diff.orderFile': 'nowhere' }],
];

describe('what is told of a tree is the same where the configuration', () => {
  it.each(SETTINGS)('%s', async (_what, settings) => {
    const folder = await repository();
    for (const [name, value] of Object.entries(settings)) git(folder, 'config', name, value);
    // Another time than the index has of it is no change.
    await utimes(join(folder, 'train.py'), new Date(), new Date(Date.now() - 60_000));
    expect(await told(folder)).toEqual({ isDirty: [false, false], changed: [], since: [], patch: '', untracked: 0 });
    await write(folder, 'new/extra.py', 'X = 1\n');
    expect(await readCode(folder, 'start')).toMatchObject({ isDirty: true });
    await changeAll(folder);
    const configured = await told(folder);
    for (const name of Object.keys(settings)) git(folder, 'config', '--unset', name);
    expect(configured).toEqual(await told(folder));
    expect(configured).toMatchObject({
      isDirty: [true, true],
      changed: ['lib', 'new/extra.py', 'src/ü.py', 'train.py'],
      since: ['lib', 'new/extra.py', 'src/ü.py', 'train.py'],
    });
    expect(configured.patch.match(/^diff --git "?a\//gm)).toHaveLength(4);
  });
});

describe('what is told of a tree', () => {
  it('is compared with the commit as it is, where another one stands in for it', async () => {
    const folder = await repository();
    const head = git(folder, 'rev-parse', 'HEAD');
    await write(folder, 'train.py', 'other\n');
    git(folder, 'commit', '--quiet', '--all', '--message', 'Other');
    const other = git(folder, 'rev-parse', 'HEAD');
    git(folder, 'reset', '--quiet', '--soft', head);
    git(folder, 'replace', head, other);
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(await readCode(folder, 'start')).toMatchObject({ commit: head, isDirty: true });
  });
});

it.each(['diff.ignoreSubmodules', 'submodule.lib.ignore'])(
  'another commit of a submodule is a change between two commits, also with %s',
  async (name) => {
    const folder = await repository();
    git(join(folder, 'lib'), 'commit', '--quiet', '--allow-empty', '--message', 'Moved');
    git(folder, 'commit', '--quiet', '--all', '--message', 'Moved');
    git(folder, 'config', name, 'all');
    const [before = '', after = ''] = git(folder, 'rev-parse', 'HEAD~1', 'HEAD').split('\n');
    const between = await codeBetween({ folders: [folder], before: { commit: before }, after: { commit: after } });
    expect(between.files).toMatchObject([{ path: 'lib', kind: 'changed' }]);
  },
);

describe('a repository whose configuration names another tree', () => {
  it.each(['beside it', 'around it'])('has changes, and nothing is told of that tree, which is %s', async (where) => {
    const parent = await temporaryFolder();
    const repo = join(parent, 'repo');
    const tree = where === 'around it' ? parent : await temporaryFolder();
    git('.', 'init', '--quiet', '--initial-branch=main', repo);
    await write(repo, 'train.py', 'X = 1\n');
    git(repo, 'add', '--all');
    git(repo, 'commit', '--quiet', '--message', 'First');
    await write(tree, 'train.py', 'X = 1\n');
    await write(repo, '.git/info/exclude', '*\n');
    git(repo, 'config', 'core.worktree', tree);
    await write(repo, 'train.py', 'X = 2\n');
    // What git itself would say.
    expect(git(repo, 'status', '--porcelain')).toBe('');
    expect(await readCode(repo, 'start')).toMatchObject({ isDirty: true, repository: 'repo' });
    expect(await (await readTree(repo, 'start'))?.changed()).toBeUndefined();
    expect(await readUncommitted(repo, ['**'])).toBeUndefined();
  });

  it('is asked itself for commits and files, and not the repository that it names', async () => {
    const [repo, secret, away] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
    const committed = async (folder: string) => {
      git('.', 'init', '--quiet', '--initial-branch=main', folder);
      const commits: string[] = [];
      for (const content of ['X = 1\n', 'X = 2\n']) {
        await write(folder, 'train.py', content);
        await write(folder, 'name.txt', folder);
        git(folder, 'add', '--all');
        git(folder, 'commit', '--quiet', '--message', 'Next');
        commits.push(git(folder, 'rev-parse', 'HEAD').trim());
      }
      const [before = '', after = ''] = commits;
      return { before, after };
    };
    const [own, others] = [await committed(repo), await committed(secret)];
    git(repo, 'config', 'core.worktree', secret);
    expect(git(repo, 'rev-parse', '--show-toplevel').trim()).toBe(secret);

    const between = (before: CodeState, after: CodeState) => codeBetween({ folders: [repo], before, after });
    await expect(between({ commit: others.before }, { commit: others.after })).rejects.toMatchObject({
      code: 'COMMIT_NOT_FOUND',
    });
    const patch = Buffer.from(`${git(secret, 'diff', '--binary', others.after, others.before, '--', 'train.py')}\n`);
    expect(await between({ commit: own.before }, { commit: own.after, patch })).toMatchObject({
      repository: repo,
      added: { count: 1 },
      files: [],
      missing: [],
    });
    const file = (commit: string) => sourceFile({ folders: [repo], commit, path: 'name.txt' });
    await expect(file(others.after)).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND' });
    expect(await file(own.after)).toEqual({ kind: 'text', text: repo });
    for (const kind of ['clone', 'worktree'] as const) {
      const tree = (commit: string) => writeSourceTree({ near: [repo], commit, to: join(away, kind), kind });
      await expect(tree(others.after)).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND' });
      expect(await tree(own.after)).toEqual({ repository: repo });
      expect(await readFile(join(away, kind, 'name.txt'), 'utf8')).toBe(repo);
    }
    expect(git(secret, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  });
});
