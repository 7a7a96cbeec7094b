import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { locateRegistry } from '../../src/registry/location.ts';

async function folder(): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'model-registry-location-')));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

it.each(['gitdir: /nope', 'gitdir: \0', 'gitdir: ../..', 'nonsense', ''])(
  'believes no .git file that leads to no repository: %j',
  async (text) => {
    const dir = await folder();
    await writeFile(join(dir, '.git'), text);
    expect(await locateRegistry({ cwd: dir })).toEqual({
      dir: join(dir, '.model-registry'),
      exists: false,
      how: 'folder',
    });
  },
);

it('follows a worktree to the directory that all worktrees share', async () => {
  const dir = await folder();
  await mkdir(join(dir, 'main/.git/worktrees/w'), { recursive: true });
  await mkdir(join(dir, 'w'));
  await writeFile(join(dir, 'main/.git/HEAD'), 'ref: refs/heads/main\n');
  await writeFile(join(dir, 'main/.git/worktrees/w/HEAD'), 'ref: refs/heads/w\n');
  await writeFile(join(dir, 'main/.git/worktrees/w/commondir'), '../..\n');
  await writeFile(join(dir, 'w/.git'), 'gitdir: ../main/.git/worktrees/w\n');
  expect(await locateRegistry({ cwd: join(dir, 'w') })).toEqual({
    dir: join(dir, 'main/.git/model-registry'),
    exists: false,
    how: 'git',
  });
});
