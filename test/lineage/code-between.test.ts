import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { codeBetween } from '../../src/lineage/code-between.ts';
import { sourceFile } from '../../src/lineage/source-file.ts';
import { temporaryFolder, write } from './folder.ts';

function gitAs(person: string, folder: string, ...args: readonly string[]): string {
  const who = ['-c', `user.name=${person}`, '-c', `user.email=${person.toLowerCase()}@example.org`];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

const git = (folder: string, ...args: readonly string[]) => gitAs('Ada', folder, ...args);

async function commit(folder: string, subject: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) await write(folder, path, text);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', subject);
  return git(folder, 'rev-parse', 'HEAD');
}

async function repository(): Promise<{ readonly folder: string; readonly first: string }> {
  const folder = await temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  const first = await commit(folder, 'First', { 'train.py': 'print(1)\n', 'old.py': 'x = 1\ny = 2\nz = 3\n' });
  return { folder, first };
}

describe('what became of the code between two commits', () => {
  it('is the commits with authors and subjects, newest first, and the files with their lines', async () => {
    const { folder, first } = await repository();
    await commit(folder, 'Tune\n\nWith a body.', { 'train.py': 'print(2)\nprint(3)\n' });
    await write(folder, 'data.bin', new Uint8Array([0, 1, 2, 0]));
    git(folder, 'mv', 'old.py', 'new.py');
    git(folder, 'add', '--all');
    gitAs('Bob', folder, 'commit', '--quiet', '--message', 'Move ünïcode');
    const last = git(folder, 'rev-parse', 'HEAD');
    const between = await codeBetween({ folders: [folder], before: { commit: first }, after: { commit: last } });
    expect(between).toMatchObject({
      repository: folder,
      added: {
        count: 2,
        commits: [
          { commit: last, author: 'Bob', subject: 'Move ünïcode' },
          { author: 'Ada', subject: 'Tune' },
        ],
      },
      removed: { count: 0, commits: [] },
      fileCount: 3,
      missing: [],
    });
    expect(between.files).toEqual([
      { path: 'data.bin', kind: 'added', isBinary: true },
      { path: 'new.py', kind: 'moved', from: 'old.py', addedLines: 0, removedLines: 0 },
      { path: 'train.py', kind: 'changed', addedLines: 2, removedLines: 1 },
    ]);
  });

  it('tells commits of both sides where the versions come from two branches', async () => {
    const { folder, first } = await repository();
    git(folder, 'checkout', '--quiet', '-b', 'other');
    const other = await commit(folder, 'Other', { 'other.py': '' });
    git(folder, 'checkout', '--quiet', 'main');
    const main = await commit(folder, 'Main', { 'main.py': '' });
    const between = await codeBetween({ folders: [folder], before: { commit: other }, after: { commit: main } });
    expect(between.added.commits.map(({ subject }) => subject)).toEqual(['Main']);
    expect(between.removed.commits.map(({ subject }) => subject)).toEqual(['Other']);
    const back = await codeBetween({ folders: [folder], before: { commit: main }, after: { commit: first } });
    expect([back.added.count, back.removed.count]).toEqual([0, 1]);
  });

  it('keeps names and subjects with odd characters apart', async () => {
    const { folder, first } = await repository();
    const path = 'a "quoted"\tname\n.py';
    const last = await commit(folder, 'a\u001fb\u001ec | "d"', { [path]: 'x\n' });
    const { added, files } = await codeBetween({
      folders: [folder],
      before: { commit: first },
      after: { commit: last },
    });
    expect(added.commits).toMatchObject([{ subject: 'a\u001fb\u001ec | "d"', author: 'Ada' }]);
    expect(files).toEqual([{ path, kind: 'added', addedLines: 1, removedLines: 0 }]);
  });

  it('comes from the first folder whose repository has both commits', async () => {
    const [one, two] = [await repository(), await repository()];
    const before = await commit(two.folder, 'Before', { 'a.py': 'a' });
    const after = await commit(two.folder, 'After', { 'a.py': 'b' });
    const plain = await temporaryFolder();
    const between = await codeBetween({
      folders: [plain, one.folder, two.folder],
      before: { commit: before },
      after: { commit: after },
    });
    expect(between.repository).toBe(two.folder);
  });

  it('is refused with what to do where the commit, the repository or git is missing', async () => {
    const { folder, first } = await repository();
    const gone = 'a'.repeat(40);
    const missing = codeBetween({ folders: [folder], before: { commit: first }, after: { commit: gone } });
    await expect(missing).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND' });
    await expect(missing).rejects.toThrow(/aaaaaaaaaaaa isn’t in .*git fetch --all/);
    const outside = codeBetween({
      folders: [await temporaryFolder()],
      before: { commit: first },
      after: { commit: gone },
    });
    await expect(outside).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND' });
    await expect(
      codeBetween({ folders: [], before: { commit: first }, after: { commit: gone } }),
    ).rejects.toMatchObject({
      code: 'REPOSITORY_NOT_FOUND',
    });
    vi.stubEnv('PATH', join(folder, 'nothing'));
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(
      codeBetween({ folders: [folder], before: { commit: first }, after: { commit: first } }),
    ).rejects.toMatchObject({
      code: 'GIT_MISSING',
    });
  });

  it('says in a shallow clone that commits may be missing, and how to get one that is', async () => {
    const { folder, first } = await repository();
    const second = await commit(folder, 'Second', { 'train.py': 'print(2)\n' });
    const third = await commit(folder, 'Third', { 'train.py': 'print(3)\n' });
    const clone = join(await temporaryFolder(), 'clone');
    git(folder, 'clone', '--quiet', '--depth=2', `file://${folder}`, clone);
    const between = await codeBetween({ folders: [clone], before: { commit: second }, after: { commit: third } });
    expect(between.added.count).toBe(1);
    expect(between.missing.join()).toContain('git fetch --unshallow');
    await expect(
      codeBetween({ folders: [clone], before: { commit: first }, after: { commit: third } }),
    ).rejects.toThrow(/git fetch --unshallow/);
  });

  it('lists at most 1,000 commits and 2,000 files, and says how many there are', async () => {
    const folder = await temporaryFolder();
    git(folder, 'init', '--quiet', '--initial-branch=main');
    const stream: string[] = [];
    for (let index = 0; index < 1100; index += 1) {
      const name = `f${String(index).padStart(4, '0')}`;
      const files = index === 0 ? '' : `M 644 inline ${name}/a\ndata 1\na\nM 644 inline ${name}/b\ndata 1\nb\n`;
      stream.push(
        `commit refs/heads/main\ncommitter Ada <ada@example.org> ${1_700_000_000 + index} +0000\ndata 1\nx\n${files}`,
      );
    }
    execFileSync('git', ['fast-import', '--quiet'], { cwd: folder, input: stream.join('\n') });
    const before = git(folder, 'rev-list', '--max-parents=0', 'main');
    const between = await codeBetween({
      folders: [folder],
      before: { commit: before },
      after: { commit: git(folder, 'rev-parse', 'main') },
    });
    expect([between.added.count, between.added.commits.length]).toEqual([1099, 1000]);
    expect([between.fileCount, between.files.length]).toEqual([2198, 2000]);
    expect(between.missing).toEqual(['Only the first 2,000 changed files are listed.']);
  });

  it('runs nothing that the repository names', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: it starts no file by its first line');
    const { folder, first } = await repository();
    const marker = join(folder, 'ran');
    const program = await write(folder, 'evil.sh', `#!/bin/sh\ntouch ${marker}\ncat\n`);
    await chmod(program, 0o755);
    await write(folder, '.gitattributes', '*.py diff=evil\n');
    const last = await commit(folder, 'Evil', { 'train.py': 'print(2)\n' });
    for (const key of [
      ...[
        'core.pager',
        'core.fsmonitor',
        'core.sshCommand',
        'diff.external',
        'diff.evil.textconv',
        'diff.evil.command',
      ],
      ...['gpg.program', 'pager.rev-list', 'pager.diff-tree', 'filter.evil.smudge', 'core.alternateRefsCommand'],
    ])
      git(folder, 'config', key, program);
    git(folder, 'config', 'log.showSignature', 'true');
    git(folder, 'config', 'extensions.partialClone', 'origin');
    git(folder, 'config', 'remote.origin.url', `ext::${program}`);
    git(folder, 'config', 'remote.origin.promisor', 'true');
    git(folder, 'config', 'protocol.ext.allow', 'always');
    // What is missing would be fetched.
    const blob = execFileSync('git', ['rev-parse', `${last}:train.py`], { cwd: folder, encoding: 'utf8' }).trim();
    await rm(join(folder, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    const between = await codeBetween({ folders: [folder], before: { commit: first }, after: { commit: last } });
    expect(between.added.count).toBe(1);
    expect(between.files.map(({ path }) => path)).toContain('train.py');
    const hooks = ['post-index-change', 'post-checkout', 'applypatch-msg', 'reference-transaction'];
    for (const hook of hooks) {
      await write(folder, `.git/hooks/${hook}`, `#!/bin/sh\ntouch ${marker}\n`);
      await chmod(join(folder, '.git/hooks', hook), 0o755);
    }
    const patch = new TextEncoder().encode(
      'diff --git a/new.py b/new.py\nnew file mode 100644\n--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x\n',
    );
    const dirty = await codeBetween({ folders: [folder], before: { commit: first }, after: { commit: first, patch } });
    expect(dirty.files.map(({ path }) => path)).toEqual(['new.py']);
    expect(await sourceFile({ folders: [folder], commit: first, patch, path: 'new.py' })).toEqual({
      kind: 'text',
      text: 'x\n',
    });
    expect(existsSync(marker)).toBe(false);
  });

  it('has the uncommitted changes of both, and writes nothing into the repository', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: it starts no file by its first line');
    const { folder, first } = await repository();
    await write(folder, 'train.py', 'print(1)\nprint("dirty")\n');
    await write(folder, 'bïnary.bin', new Uint8Array([0, 1, 2]));
    git(folder, 'add', '--intent-to-add', '--all');
    const patch = execFileSync('git', ['diff', 'HEAD', '--binary', '--full-index'], { cwd: folder });
    git(folder, 'reset', '--quiet', '--hard');
    const objects = () => execFileSync('git', ['count-objects', '-v'], { cwd: folder, encoding: 'utf8' });
    const before = objects();
    const states = { before: { commit: first }, after: { commit: first, patch } };
    const dirty = await codeBetween({ folders: [folder], ...states });
    expect(dirty).toMatchObject({ added: { count: 0 }, removed: { count: 0 }, fileCount: 2, missing: [] });
    expect(dirty.files).toEqual([
      { path: 'bïnary.bin', kind: 'added', isBinary: true },
      { path: 'train.py', kind: 'changed', addedLines: 1, removedLines: 0 },
    ]);
    const same = await codeBetween({
      folders: [folder],
      before: { commit: first, patch },
      after: { commit: first, patch },
    });
    expect(same.fileCount).toBe(0);
    expect(await sourceFile({ folders: [folder], commit: first, patch, path: 'train.py' })).toEqual({
      kind: 'text',
      text: 'print(1)\nprint("dirty")\n',
    });
    expect(await sourceFile({ folders: [folder], commit: first, patch, path: 'bïnary.bin' })).toMatchObject({
      kind: 'binary',
    });
    expect(await sourceFile({ folders: [folder], commit: first, patch, path: 'old.py' })).toMatchObject({
      kind: 'text',
    });
    expect([objects(), git(folder, 'status', '--porcelain')]).toEqual([before, '']);
  });

  it('leaves uncommitted changes out where they can’t be applied, and says so', async () => {
    const { folder, first } = await repository();
    const last = await commit(folder, 'Second', { 'train.py': 'print(2)\n' });
    for (const patch of [
      'nonsense',
      'diff --git a/gone.py b/gone.py\n--- a/gone.py\n+++ b/gone.py\n@@ -1 +1 @@\n-a\n+b\n',
    ]) {
      const states = { before: { commit: first }, after: { commit: last, patch: new TextEncoder().encode(patch) } };
      const between = await codeBetween({ folders: [folder], ...states });
      expect(between.files).toMatchObject([{ path: 'train.py' }]);
      expect(between.missing.join()).toContain('Uncommitted changes are left out: git said');
    }
  });
});
