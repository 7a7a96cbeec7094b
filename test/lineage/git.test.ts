import { existsSync } from 'node:fs';
import { chmod, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readCode, withoutCredentials } from '../../src/lineage/git.ts';
import { git, temporaryFolder, write } from './folder.ts';

async function repository(): Promise<string> {
  const folder = await temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  await write(folder, 'train.py', 'print(1)\n');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'First');
  return folder;
}

describe('the code that a version came from', () => {
  it('is the commit, with branch and state', async () => {
    const folder = await repository();
    const commit = git(folder, 'rev-parse', 'HEAD');
    expect(await readCode(folder, 'detection')).toEqual({
      commit,
      branch: 'main',
      isDirty: false,
      capturedAt: 'detection',
      repository: basename(folder),
    });
    await write(folder, 'new.py', '');
    expect(await readCode(folder, 'start')).toMatchObject({ isDirty: true, capturedAt: 'start' });
  });

  it('has no branch on a detached HEAD, and no credentials in the remote', async () => {
    const folder = await repository();
    git(folder, 'remote', 'add', 'origin', 'https://ada:t0ken@example.com/fraud.git?sig=secret');
    git(folder, 'checkout', '--quiet', '--detach');
    const code = await readCode(folder, 'detection');
    expect(code?.remote).toBe('https://example.com/fraud.git');
    expect(code).not.toHaveProperty('branch');
  });

  it('is unknown outside a repository, before its first commit, and in a folder that is not there', async () => {
    const folder = await temporaryFolder();
    expect(await readCode(folder, 'detection')).toBeUndefined();
    git(folder, 'init', '--quiet');
    expect(await readCode(folder, 'detection')).toBeUndefined();
    expect(await readCode(join(folder, 'gone'), 'detection')).toBeUndefined();
  });

  it('is unknown where git is not installed', async () => {
    const folder = await repository();
    vi.stubEnv('PATH', join(folder, 'nothing-here'));
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await readCode(folder, 'detection')).toBeUndefined();
  });
});

describe.skipIf(process.platform === 'win32')('a repository that names programs', () => {
  /** A repository with a program that leaves a trace when it runs. */
  async function hostile() {
    const folder = await repository();
    const trace = join(folder, '.git', 'trace');
    const program = await write(folder, '.git/program', `#!/bin/sh\necho ran >> '${trace}'\ncat\n`);
    await chmod(program, 0o755);
    // Its time differs from the index, so git has to look into the file.
    const touch = () => utimes(join(folder, 'train.py'), new Date(), new Date(Date.now() - 60_000));
    return { folder, trace, program, touch };
  }

  it.each([
    [
      'a monitor of the file system',
      (folder: string, program: string) => git(folder, 'config', 'core.fsmonitor', program),
    ],
    [
      'a filter',
      async (folder: string, program: string) => {
        git(folder, 'config', 'filter.x.clean', program);
        await write(folder, '.git/info/attributes', '* filter=x\n');
      },
    ],
    [
      'a monitor in an included file',
      async (folder: string, program: string) => {
        await write(folder, '.git/more', `[core]\n\tfsmonitor = ${program}\n`);
        git(folder, 'config', 'include.path', 'more');
      },
    ],
  ])('runs none of them, and counts as changed: %s', async (_what, arrange) => {
    const { folder, trace, program, touch } = await hostile();
    await arrange(folder, program);
    await touch();
    expect(await readCode(folder, 'detection')).toMatchObject({ branch: 'main', isDirty: true });
    expect(existsSync(trace)).toBe(false);
    // The trap works: git alone falls into it.
    git(folder, 'status');
    expect(existsSync(trace)).toBe(true);
  });

  it('runs no hook', async () => {
    const { folder, trace, touch } = await hostile();
    const hook = await write(folder, '.git/hooks/post-index-change', `#!/bin/sh\necho ran >> '${trace}'\n`);
    await chmod(hook, 0o755);
    await touch();
    expect(await readCode(folder, 'detection')).toMatchObject({ isDirty: false });
    expect(existsSync(trace)).toBe(false);
    git(folder, 'status');
    expect(existsSync(trace)).toBe(true);
  });

  it('tells the state as ever where large file storage was set up for it', async () => {
    const { folder } = await hostile();
    git(folder, 'config', 'filter.lfs.clean', 'git-lfs clean -- %f');
    git(folder, 'config', 'filter.lfs.process', 'git-lfs filter-process');
    git(folder, 'config', 'core.fsmonitor', 'false');
    expect(await readCode(folder, 'detection')).toMatchObject({ isDirty: false });
  });
});

it.each([
  ['https://user:token@host.example/a.git?sig=1#x', 'https://host.example/a.git'],
  ['git@host.example:team/a.git', 'host.example:team/a.git'],
  ['ssh://git@host.example:22/a.git', 'ssh://host.example:22/a.git'],
  ['/srv/git/a.git', '/srv/git/a.git'],
  ['user:token@host', undefined],
])('of the remote %s, %s is recorded', (url, recorded) => {
  expect(withoutCredentials(url)).toBe(recorded);
});
