import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCode } from '../../src/lineage/git.ts';
import { git, temporaryFolder, write } from './folder.ts';

async function repository(folder?: string): Promise<string> {
  const at = folder ?? (await temporaryFolder());
  git('.', 'init', '--quiet', '--initial-branch=main', at);
  await write(at, 'y.py', 'Y = 1\n');
  git(at, 'add', '--all');
  git(at, 'commit', '--quiet', '--message', 'First');
  return at;
}

async function withSubmodule(library: string, path: string): Promise<string> {
  const folder = await repository();
  git(folder, 'submodule', '--quiet', 'add', library, path);
  git(folder, 'commit', '--quiet', '--message', `With ${path}`);
  return folder;
}

const submodulesOf = async (folder: string) =>
  (await readCode(folder, 'start'))?.submodules?.map(({ path, isDirty = false }) => ({ path, isDirty }));

describe('a submodule has changes', () => {
  it.each([
    ['where a file of it was changed', 'vend/y.py'],
    ['where git doesn’t track a file in it', 'vend/new.py'],
  ])('%s, whatever is ignored and assumed', async (_what, changed) => {
    const folder = await withSubmodule(await repository(), 'vend');
    expect(await submodulesOf(folder)).toEqual([{ path: 'vend', isDirty: false }]);
    git(folder, 'config', 'submodule.vend.ignore', 'all');
    git(folder, 'config', 'diff.ignoreSubmodules', 'all');
    git(folder, 'update-index', '--assume-unchanged', 'vend');
    git(join(folder, 'vend'), 'config', 'status.showUntrackedFiles', 'no');
    await write(folder, changed, 'Y = 2\n');
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(await submodulesOf(folder)).toEqual([{ path: 'vend', isDirty: true }]);
    // Of the code itself nothing changed.
    expect(await readCode(folder, 'start')).toMatchObject({ isDirty: false });
  });

  it('where one in it has', async () => {
    const outer = await withSubmodule(await repository(), 'inner');
    const folder = await withSubmodule(outer, 'vend');
    git(folder, 'submodule', '--quiet', 'update', '--init', '--recursive');
    expect(await submodulesOf(folder)).toEqual([{ path: 'vend', isDirty: false }]);
    await write(folder, 'vend/inner/y.py', 'Y = 2\n');
    expect(await submodulesOf(folder)).toEqual([{ path: 'vend', isDirty: true }]);
  });

  it('where there are files of it, and it is no repository any more', async () => {
    const folder = await withSubmodule(await repository(), 'vend');
    await rm(join(folder, 'vend', '.git'));
    await write(folder, 'vend/y.py', 'Y = 2\n');
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(await submodulesOf(folder)).toEqual([{ path: 'vend', isDirty: true }]);
    await rm(join(folder, 'vend', 'y.py'));
    expect(await submodulesOf(folder)).toBeUndefined();
  });

  it('also where .gitmodules doesn’t name it: a clone that was added as it lay there', async () => {
    const folder = await repository();
    await repository(join(folder, 'cloned'));
    git(folder, 'add', 'cloned');
    git(folder, 'commit', '--quiet', '--message', 'With a clone');
    expect(await submodulesOf(folder)).toEqual([{ path: 'cloned', isDirty: false }]);
    await write(folder, 'cloned/y.py', 'Y = 2\n');
    expect(await submodulesOf(folder)).toEqual([{ path: 'cloned', isDirty: true }]);
  });

  it.skipIf(process.platform === 'win32')(
    'also where its name takes several lines (no names on Windows do)',
    async () => {
      const folder = await repository();
      await repository(join(folder, 'a\nb'));
      git(folder, 'add', '--all');
      git(folder, 'commit', '--quiet', '--message', 'With a clone');
      expect(await submodulesOf(folder)).toEqual([{ path: 'a?b', isDirty: false }]);
    },
  );

  it('also where it comes after as many as are recorded', async () => {
    const folder = await repository();
    const library = await repository(join(folder, 'sub'));
    const names = Array.from({ length: 52 }, (_, place) => `sub-${String(place).padStart(2, '0')}`);
    for (const name of names) git(folder, 'clone', '--quiet', library, name);
    git(folder, 'add', ...names);
    git(folder, 'commit', '--quiet', '--message', 'With many');
    await write(folder, 'sub-51/y.py', 'Y = 2\n');
    const found = await submodulesOf(folder);
    expect(found).toHaveLength(50);
    expect(found?.filter(({ isDirty }) => isDirty)).toEqual([{ path: 'sub-51', isDirty: true }]);
  });
});
