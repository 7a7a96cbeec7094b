import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCode } from '../../src/lineage/git.ts';
import { headNow } from '../../src/lineage/head-now.ts';
import { surroundingsAtStart } from '../../src/lineage/surroundings.ts';
import { git, temporaryFolder, write } from './folder.ts';

async function repository(): Promise<string> {
  const folder = await temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=feature/long-name');
  await write(folder, 'src/train.py', 'print(1)\n');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'First');
  return folder;
}

const head = (folder: string) => git(folder, 'rev-parse', 'HEAD');

describe('the commit that is checked out', () => {
  it('is read from files as git tells it: on a branch, packed, detached, in a folder below and in a worktree', async () => {
    const folder = await repository();
    expect(await headNow(folder)).toBe(head(folder));
    expect(await headNow(join(folder, 'src'))).toBe(head(folder));
    git(folder, 'pack-refs', '--all');
    expect(await headNow(folder)).toBe(head(folder));
    git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Second');
    expect(await headNow(folder)).toBe(head(folder));
    const other = join(await temporaryFolder(), 'other');
    git(folder, 'worktree', 'add', '--quiet', '-b', 'other', other);
    git(other, 'commit', '--quiet', '--allow-empty', '--message', 'Third');
    expect(await headNow(other)).toBe(head(other));
    expect(await headNow(folder)).not.toBe(await headNow(other));
    git(folder, 'checkout', '--quiet', '--detach', 'HEAD~1');
    expect(await headNow(folder)).toBe(head(folder));
  });

  it('is unknown outside a repository, before the first commit, and where files name something else', async () => {
    const folder = await temporaryFolder();
    expect(await headNow(folder)).toBeUndefined();
    git(folder, 'init', '--quiet');
    expect(await headNow(folder)).toBeUndefined();
    for (const text of ['ref: refs/heads/../../../secret', 'ref: /etc/passwd', 'gitdir: x', '']) {
      await write(folder, '.git/HEAD', text);
      expect(await headNow(folder)).toBeUndefined();
    }
    const odd = await temporaryFolder();
    await write(odd, '.git', `gitdir: ${odd}/gone\n`);
    await mkdir(join(odd, 'below'));
    expect(await headNow(join(odd, 'below'))).toBeUndefined();
  });
});

describe('code whose start came before a commit', () => {
  it('is that of the start, with what it had uncommitted, though all of it was committed since', async () => {
    const folder = await repository();
    const commit = head(folder);
    await write(folder, 'src/train.py', 'print(2)\n');
    git(folder, 'commit', '--quiet', '--all', '--message', 'Meanwhile');
    expect(await readCode(folder, 'start', commit)).toMatchObject({ commit, isDirty: true });
    expect(await readCode(folder, 'start', head(folder))).toMatchObject({ isDirty: false });
    const started = { command: ['python', 'src/train.py'], cwd: folder, python: { env: {} }, commit };
    const { code, uncommitted } = await surroundingsAtStart(folder, started);
    expect(await code()).toMatchObject({ commit, capturedAt: 'start' });
    const { patch = new Uint8Array() } = (await uncommitted()) ?? {};
    expect(Buffer.from(patch).toString()).toContain('-print(1)\n+print(2)\n');
  });

  it('has no uncommitted changes where there were none', async () => {
    const folder = await repository();
    const commit = head(folder);
    git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Meanwhile');
    expect(await readCode(folder, 'start', commit)).toMatchObject({ commit, isDirty: false });
  });
});
