import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCode, readTree } from '../../src/lineage/git.ts';
import { readUncommitted } from '../../src/lineage/uncommitted.ts';
import { git, temporaryFolder, write } from './folder.ts';

async function repository(): Promise<string> {
  const folder = await temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  const files = ['train.py', 'params.yaml', 'src/ünusual "name".py', 'src/deep/model.py', 'data/big.csv'];
  for (const file of files) await write(folder, file, `first of ${file}\n`);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'First');
  return folder;
}

const isDirty = async (folder: string) => (await readCode(folder, 'detection'))?.isDirty;
const changedIn = async (folder: string) => (await readTree(folder, 'detection'))?.changed();
const patchOf = async (folder: string) => Buffer.from((await readUncommitted(folder))?.patch ?? '').toString();

describe.each(['--assume-unchanged', '--skip-worktree'])('a file that git was told not to look at by %s', (flag) => {
  it('is no change as long as it is as it was committed', async () => {
    const folder = await repository();
    git(folder, 'update-index', flag, 'train.py', 'src/deep/model.py');
    expect(await isDirty(folder)).toBe(false);
    expect(await changedIn(folder)).toEqual([]);
    // Written anew with what it had.
    await write(folder, 'train.py', await readFile(join(folder, 'train.py')));
    expect(await isDirty(folder)).toBe(false);
    expect(await patchOf(folder)).toBe('');
  });

  it('is a change where it has another content, from wherever one looks, and in the patch', async () => {
    const folder = await repository();
    const index = git(folder, 'ls-files', '-v');
    git(folder, 'update-index', flag, 'train.py', 'src/ünusual "name".py', 'data/big.csv');
    await write(folder, 'src/ünusual "name".py', 'second\n');
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(await isDirty(folder)).toBe(true);
    expect(await isDirty(join(folder, 'data'))).toBe(true);
    expect(await changedIn(folder)).toEqual(['src/ünusual "name".py']);
    expect(await patchOf(folder)).toContain('+second');
    expect(await readUncommitted(folder)).toMatchObject({ fileCount: 1 });

    await write(folder, 'params.yaml', 'second\n');
    expect((await changedIn(folder))?.toSorted()).toEqual(['params.yaml', 'src/ünusual "name".py']);
    expect(await readUncommitted(folder)).toMatchObject({ fileCount: 2 });
    // Nobody else's flags are touched.
    expect(git(folder, 'ls-files', '-v')).not.toBe(index);
    expect(git(folder, 'status', '--porcelain')).toBe('M params.yaml');
  });

  it('is a change where it differs from an earlier commit that was checked out when a run began', async () => {
    const folder = await repository();
    const first = git(folder, 'rev-parse', 'HEAD');
    git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Second');
    git(folder, 'update-index', flag, 'train.py');
    expect((await readCode(folder, 'start', first))?.isDirty).toBe(false);
    await write(folder, 'train.py', 'second\n');
    expect((await readCode(folder, 'start', first))?.isDirty).toBe(true);
    expect(await (await readTree(folder, 'start', first))?.changed()).toEqual(['train.py']);
  });

  it('is a change of the submodule that it is in', async () => {
    const folder = await repository();
    const library = await repository();
    git(folder, 'submodule', '--quiet', 'add', library, 'lib');
    git(folder, 'commit', '--quiet', '--message', 'With a library');
    git(join(folder, 'lib'), 'update-index', flag, 'train.py');
    expect((await readCode(folder, 'detection'))?.submodules).toEqual([expect.not.objectContaining({ isDirty: true })]);
    await write(folder, 'lib/train.py', 'second\n');
    expect((await readCode(folder, 'detection'))?.submodules).toEqual([expect.objectContaining({ isDirty: true })]);
  });

  it.skipIf(process.platform === 'win32')(
    'is looked at without running a hook, also where untracked files are wanted (hooks need a shell)',
    async () => {
      const folder = await repository();
      const trace = join(folder, '.git', 'trace');
      await chmod(await write(folder, '.git/hooks/post-index-change', `#!/bin/sh\necho ran >> '${trace}'\n`), 0o755);
      await write(folder, 'new.py', 'new\n');
      git(folder, 'update-index', flag, 'train.py');
      await rm(trace);
      await write(folder, 'train.py', 'second\n');
      expect(await isDirty(folder)).toBe(true);
      expect(await readUncommitted(folder, ['*.py'])).toMatchObject({ fileCount: 2 });
      expect(existsSync(trace)).toBe(false);
    },
  );
});

describe('a file that git was told not to look at, and that isn’t there', () => {
  it.each(['--assume-unchanged', '--skip-worktree'])('is a removed one: %s', async (flag) => {
    const folder = await repository();
    git(folder, 'update-index', flag, 'train.py', 'src/deep/model.py');
    await rm(join(folder, 'train.py'));
    await rm(join(folder, 'src/deep'), { recursive: true });
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(await isDirty(folder)).toBe(true);
    expect((await changedIn(folder))?.toSorted()).toEqual(['src/deep/model.py', 'train.py']);
    expect(await patchOf(folder)).toContain('deleted file mode');
    expect(await readUncommitted(folder)).toMatchObject({ fileCount: 2 });
  });

  it.each([
    ['was sparse once', (folder: string) => git(folder, 'config', '--worktree', 'core.sparseCheckout', 'false')],
    ['is sparse without patterns', (folder: string) => rm(join(folder, '.git/info/sparse-checkout'))],
  ])('is a removed one where a checkout %s', async (_what, arrange) => {
    const folder = await repository();
    git(folder, 'sparse-checkout', 'set', '--no-cone', '/*.py');
    expect(await isDirty(folder)).toBe(false);
    await arrange(folder);
    expect(await isDirty(folder)).toBe(true);
  });

  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(git('.', '--version')) ?? [];
  const canTell = Number(major) * 1000 + Number(minor) >= 2041;
  it.each(['--no-cone', '--cone'])(
    `is ${canTell ? 'a removed one' : 'no change'} in a sparse checkout that has it, as far as git can tell: %s`,
    async (kind) => {
      const folder = await repository();
      git(folder, 'sparse-checkout', 'set', kind, ...(kind === '--cone' ? ['src'] : ['/*.py', '/src/']));
      git(folder, 'update-index', '--skip-worktree', 'train.py', 'src/deep/model.py');
      await rm(join(folder, 'train.py'));
      await rm(join(folder, 'src/deep'), { recursive: true });
      expect((await changedIn(folder))?.toSorted()).toEqual(canTell ? ['src/deep/model.py', 'train.py'] : []);
      expect(await isDirty(folder)).toBe(canTell);
    },
  );

  it('is no change in a sparse checkout, while others of its folder are looked at', async () => {
    const folder = await repository();
    git(folder, 'sparse-checkout', 'set', '--no-cone', '/*.py', '/src/*.py');
    expect(await readdir(folder)).toEqual(['.git', 'src', 'train.py']);
    expect(await isDirty(folder)).toBe(false);
    git(folder, 'update-index', '--assume-unchanged', 'train.py');
    await write(folder, 'train.py', 'second\n');
    expect(await changedIn(folder)).toEqual(['train.py']);
    // What was put there all the same.
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data/big.csv'), 'other data\n');
    expect((await changedIn(folder))?.toSorted()).toEqual(['data/big.csv', 'train.py']);
  });
});
