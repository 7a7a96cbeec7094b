import { chmod, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCode } from '../../src/lineage/git.ts';
import { readIndexMarks } from '../../src/lineage/index-marks.ts';
import { git, temporaryFolder, write } from './folder.ts';

async function repository(...files: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  for (const file of files) await write(folder, file, `${file}\n`);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'First');
  return folder;
}

/** Lines that say what git was asked, from now to the end of the test. */
async function asked(): Promise<() => Promise<readonly string[]>> {
  const folder = await temporaryFolder();
  const real = join(git(folder, '--exec-path'), 'git');
  const log = join(folder, 'asked');
  await write(folder, 'git', `#!/bin/sh\necho "$*" >> '${log}'\nexec '${real}' "$@"\n`);
  await chmod(join(folder, 'git'), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${before}`;
  onTestFinished(() => {
    process.env.PATH = before;
  });
  return async () => (await readFile(log, 'utf8')).split('\n');
}

describe('the marks in an index', () => {
  it('are of files by their names, whatever these have in them, and of other repositories', async () => {
    const names = [
      'a.py',
      'b c.py',
      'ü "x".py',
      ...(process.platform === 'win32' ? [] : ['tab\there.py', 'line\nend']),
    ];
    const library = await repository('y.py');
    const folder = await repository('plain.py', ...names);
    git(folder, 'submodule', '--quiet', 'add', library, 'lib x');
    git(folder, 'update-index', '--assume-unchanged', '--', ...names, 'lib x');
    git(folder, 'update-index', '--skip-worktree', '--', 'a.py', 'plain.py');
    const { assumed, skipped, links } = await readIndexMarks(folder);
    expect(assumed.toSorted()).toEqual([...names, 'lib x'].toSorted());
    expect(skipped.toSorted()).toEqual(['a.py', 'plain.py']);
    expect([...links]).toEqual([['lib x', git(library, 'rev-parse', 'HEAD')]]);
  });

  it.skipIf(process.platform === 'win32')(
    'are listed once for each repository whose code is read (Windows runs no script as git)',
    async () => {
      const folder = await repository('train.py');
      git(folder, 'submodule', '--quiet', 'add', await repository('y.py'), 'lib');
      git(folder, 'commit', '--quiet', '--message', 'With lib');
      const lines = await asked();
      expect(await readCode(folder, 'start')).toMatchObject({ isDirty: false, submodules: [{ path: 'lib' }] });
      expect((await lines()).filter((line) => line.includes('ls-files'))).toHaveLength(2);
    },
  );
});
