import { existsSync } from 'node:fs';
import { chmod, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { VersionDetails } from '../../src/catalog/read-models/versions.ts';
import { readCode } from '../../src/lineage/git.ts';
import { reproduce } from '../../src/lineage/reproduce.ts';
import { writeSourceTree } from '../../src/lineage/source-tree.ts';
import { readUncommitted } from '../../src/lineage/uncommitted.ts';
import { initRegistry, openRegistry } from '../../src/registry/open.ts';
import { git, temporaryFolder, write } from './folder.ts';

async function repository(): Promise<string> {
  const folder = await temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  await write(folder, 'train.py', 'print(1)\n');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'First');
  return folder;
}

/** A program that tells that it was run. */
async function trap(folder: string): Promise<{ readonly program: string; readonly wasRun: () => boolean }> {
  const place = await temporaryFolder();
  const program = await write(place, 'trap.sh', `#!/bin/sh\ntouch ${place}/was-run\ncat\n`);
  await chmod(program, 0o755);
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'post-merge']) {
    await chmod(await write(folder, `.git/hooks/${hook}`, `#!/bin/sh\n${program} </dev/null\n`), 0o755);
  }
  return { program, wasRun: () => existsSync(join(place, 'was-run')) };
}

describe('a worktree of the code that trained a version', () => {
  it('has commit and patch, is one of the repository, and runs no hook', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: it starts no file by its first line');
    const folder = await repository();
    await write(folder, 'train.py', 'print(2)\n');
    const { patch } = (await readUncommitted(folder)) ?? {};
    const commit = git(folder, 'rev-parse', 'HEAD');
    git(folder, 'commit', '--quiet', '--all', '--message', 'Later');
    const { wasRun } = await trap(folder);
    const to = join(await temporaryFolder(), 'again');
    const written = await writeSourceTree({ near: [folder], commit, patch, to, kind: 'worktree' });
    expect(await realpath(written.repository)).toBe(folder);
    expect(await readFile(join(to, 'train.py'), 'utf8')).toBe('print(2)\n');
    expect(git(to, 'rev-parse', 'HEAD')).toBe(commit);
    expect(git(folder, 'worktree', 'list')).toContain(to);
    expect(wasRun()).toBe(false);
    // A status of one's own runs them, so it comes last.
    expect(git(to, 'status', '--porcelain')).toBe('M train.py');
  });

  it('is a clone of its own where the repository names programs that a checkout would start', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: it starts no file by its first line');
    const folder = await repository();
    await write(folder, '.gitattributes', '*.py filter=evil\n');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'Attributes');
    const { program, wasRun } = await trap(folder);
    git(folder, 'config', 'filter.evil.smudge', program);
    const to = join(await temporaryFolder(), 'again');
    const commit = git(folder, 'rev-parse', 'HEAD');
    await writeSourceTree({ near: [folder], commit, to, kind: 'worktree' });
    expect(await readFile(join(to, 'train.py'), 'utf8')).toBe('print(1)\n');
    expect(git(folder, 'worktree', 'list')).not.toContain(to);
    expect(wasRun()).toBe(false);
  });

  it('has the commits of submodules that the patch names in its index, so that git brings those', async () => {
    const library = await repository();
    const folder = await repository();
    git(folder, 'submodule', '--quiet', 'add', library, 'lib');
    git(folder, 'commit', '--quiet', '--message', 'Library');
    await write(library, 'train.py', 'print(9)\n');
    git(library, 'commit', '--quiet', '--all', '--message', 'Second');
    const moved = git(library, 'rev-parse', 'HEAD');
    git(join(folder, 'lib'), 'fetch', '--quiet');
    git(join(folder, 'lib'), 'checkout', '--quiet', '--detach', moved);
    await write(folder, 'lib/train.py', 'print(10)\n');
    const { commit = '', submodules } = (await readCode(folder, 'start')) ?? {};
    const { patch } = (await readUncommitted(folder)) ?? {};
    expect(submodules).toEqual([{ path: 'lib', commit: moved, isDirty: true }]);
    for (const kind of ['clone', 'worktree'] as const) {
      const to = join(await temporaryFolder(), 'again');
      await writeSourceTree({ near: [folder], commit, patch, to, kind, submodules });
      expect(git(to, 'submodule', 'status')).toContain(moved);
      git(to, 'submodule', '--quiet', 'update', '--init');
      expect(await readFile(join(to, 'lib/train.py'), 'utf8')).toBe('print(9)\n');
    }
  });

  it('leaves nothing behind where the patch doesn’t fit, and comes from the first repository that has the commit', async () => {
    const [other, folder] = [await repository(), await repository()];
    git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Only here');
    const commit = git(folder, 'rev-parse', 'HEAD');
    const to = join(await temporaryFolder(), 'again');
    const patch = Buffer.from('diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n');
    const request = { near: [other, folder], commit, to, kind: 'worktree' as const };
    await expect(writeSourceTree({ ...request, patch })).rejects.toMatchObject({ code: 'PATCH_FAILED' });
    expect(existsSync(to)).toBe(false);
    expect(git(folder, 'worktree', 'list')).not.toContain(to);
    await writeSourceTree(request);
    expect(git(to, 'rev-parse', 'HEAD')).toBe(commit);
    await expect(writeSourceTree({ ...request, near: [other], to: `${to}-2` })).rejects.toMatchObject({
      code: 'COMMIT_NOT_FOUND',
      message: expect.not.stringContaining('git fetch'),
    });
  });
});

describe('what a version says of its code', () => {
  it('names submodules with their commits, and that their changes aren’t kept', async () => {
    const library = await repository();
    git(library, 'commit', '--quiet', '--allow-empty', '--message', 'Second');
    const folder = await repository();
    git(folder, 'submodule', '--quiet', 'add', library, 'vendor/lib');
    git(folder, 'commit', '--quiet', '--message', 'Library');
    const commit = git(library, 'rev-parse', 'HEAD');
    expect((await readCode(folder, 'start'))?.submodules).toEqual([{ path: 'vendor/lib', commit }]);
    await write(folder, 'vendor/lib/train.py', 'print(3)\n');
    expect((await readCode(folder, 'start'))?.submodules).toEqual([{ path: 'vendor/lib', commit, isDirty: true }]);
    git(folder, 'submodule', '--quiet', 'deinit', '--force', 'vendor/lib');
    expect((await readCode(folder, 'start'))?.submodules).toBeUndefined();
    await write(folder, '.gitmodules', '[submodule "x"]\n\tpath = ../../..\n\turl = x\n');
    expect((await readCode(folder, 'start'))?.submodules).toBeUndefined();
  });

  it('leads nowhere outside of the tree, and gives pip no options', async () => {
    const folder = await repository();
    const commit = git(folder, 'rev-parse', 'HEAD');
    const location = await initRegistry({ dir: join(await temporaryFolder(), 'registry') });
    const author = { name: 'Ada', email: 'ada@example.com' };
    const stateDir = join(location.dir, 'state');
    const registry = await openRegistry({ dir: location.dir, author, via: 'cli', stateDir });
    const model = await write(await temporaryFolder(), 'model.bin', 'weights');
    const data = await write(folder, 'data.csv', 'a,b\n');
    const { version } = await registry.register({
      ...{ model: 'fraud', paths: [model], dataPaths: [{ path: 'data.csv', source: data }] },
      code: { commit, isDirty: false, capturedAt: 'start', folder: '../../..' },
      run: { command: 'python train.py', folder: '../..' },
      environment: {
        packages: [
          { name: 'numpy', version: '2.0.0' },
          { name: 'x --index-url http://example.com', version: '1' },
          { name: '--requirement', version: '1' },
        ],
      },
    });
    const to = join(await temporaryFolder(), 'again');
    const result = await reproduce({ registry, ref: version.id, near: [folder], to, kind: 'worktree' });
    expect(result).toMatchObject({ folder: to, runFolder: to, command: 'python train.py', missing: [] });
    expect(await readFile(result.requirements ?? '', 'utf8')).toBe('numpy==2.0.0\n');
    expect(git(to, 'status', '--porcelain')).toBe('');
    expect(result.data).toEqual([{ path: 'data.csv', state: 'missing', foundAt: join(folder, 'data.csv') }]);
    const shown: VersionDetails = result.version;
    expect(shown.lineage.code?.commit).toBe(commit);
    await registry.close();
  });
});
