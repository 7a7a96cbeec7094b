import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readUncommitted } from '../../src/lineage/uncommitted.ts';
import { CORPUS } from '../secrets/corpus.ts';
import { temporaryFolder, write } from './folder.ts';

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
}

async function repository(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  for (const [path, contents] of Object.entries(files)) await write(folder, path, contents);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'First');
  return folder;
}

/** Every file of a working tree with its mode. */
async function treeOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.git'));
  const contents = files.map(async (entry): Promise<[string, string]> => {
    const file = join(entry.parentPath, entry.name);
    return [file.slice(folder.length + 1), (await readFile(file)).toString('base64')];
  });
  return new Map((await Promise.all(contents)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function applied(folder: string, patch: Uint8Array): Promise<string> {
  const clone = await temporaryFolder();
  git(clone, 'clone', '--quiet', folder, '.');
  const file = join(await temporaryFolder(), 'patch');
  await writeFile(file, patch);
  git(clone, 'apply', '--binary', file);
  return clone;
}

const latin1 = Uint8Array.from([0x78, 0x20, 0xe9, 0x0a, 0x79]);

describe('changes that are not committed', () => {
  it('make the working tree again byte for byte, applied to the commit', async () => {
    const folder = await repository({
      'train.py': 'a = 1\nb = 2\n',
      'gone.py': 'x\n',
      'umlaut ü "q".txt': 'before\n',
      'latin1.txt': latin1,
      'logo.bin': Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919) % 256),
      'no-newline': 'x',
      'sub/crlf.txt': 'a\r\nb\r\n',
    });
    await write(folder, 'train.py', 'a = 1\nb = 3\nc = 4\n');
    await rm(join(folder, 'gone.py'));
    await write(folder, 'umlaut ü "q".txt', 'diff --git a/fake b/fake\n');
    await write(folder, 'latin1.txt', Buffer.concat([latin1, latin1]));
    await write(
      folder,
      'logo.bin',
      Uint8Array.from({ length: 3000 }, (_, index) => (index * 104729) % 256),
    );
    await write(folder, 'no-newline', 'y');
    await write(folder, 'sub/crlf.txt', 'a\r\nc\r\n');
    await write(folder, 'src/new.py', 'new\n');
    await write(folder, 'staged.py', 'staged\n');
    git(folder, 'add', 'staged.py');
    const before = git(folder, 'status', '--porcelain');

    const changes = await readUncommitted(folder, ['src/**']);
    expect(changes).toMatchObject({ fileCount: 9, leftOut: [], leftOutCount: 0, untrackedCount: 0 });
    expect(await treeOf(await applied(folder, changes?.patch ?? new Uint8Array()))).toEqual(await treeOf(folder));
    expect(git(folder, 'status', '--porcelain')).toBe(before);
  });

  it('are seen in a file that was committed a moment before and has the same size', async () => {
    for (let round = 0; round < 5; round += 1) {
      const folder = await repository({ 'scale.txt': 'one\n' });
      await write(folder, 'scale.txt', 'two\n');
      expect(await readUncommitted(folder)).toMatchObject({ fileCount: 1 });
    }
  });

  it('don’t count the files of an environment in the folder, which are known as packages', async () => {
    const folder = await repository({ 'train.py': '1\n' });
    await write(folder, 'venv/pyvenv.cfg', 'home = /usr/bin\n');
    await write(folder, 'venv/lib/x.py', 'x');
    await write(folder, 'venv2.py', 'x');
    expect(await readUncommitted(folder, ['**'])).toMatchObject({ fileCount: 1, untrackedCount: 0 });
  });

  it('leave out untracked files unless they are asked for, and count them', async () => {
    const folder = await repository({ 'train.py': '1\n', '.gitignore': 'out/\n' });
    await write(folder, 'notes.md', 'x');
    await write(folder, 'src/new.py', 'x');
    await write(folder, 'out/model.bin', 'x');
    expect(await readUncommitted(folder)).toMatchObject({ fileCount: 0, untrackedCount: 2 });
    expect(await readUncommitted(join(folder, 'src'), ['*.py'])).toMatchObject({ fileCount: 1, untrackedCount: 1 });
    const changes = await readUncommitted(folder, ['**/*.py']);
    expect(changes).toMatchObject({ fileCount: 1, untrackedCount: 1 });
    expect(Buffer.from(changes?.patch ?? []).toString()).toContain('+++ b/src/new.py');
  });

  it('leave out whole what holds a secret, before or after the change, and say so', async () => {
    const secrets = CORPUS.filter(({ name }) =>
      ['GitHub personal token', 'OpenSSH private key', 'Azure SAS'].includes(name),
    );
    expect(secrets).toHaveLength(3);
    for (const { secret, text = secret } of secrets) {
      const folder = await repository({ 'train.py': '1\n', 'old ü.env': `${text}\n`, 'ok.py': '1\n' });
      await write(folder, 'train.py', `1\n${text}\n`);
      await write(folder, 'old ü.env', 'clean\n');
      await write(folder, 'ok.py', '2\n');
      const changes = await readUncommitted(folder);
      expect(changes).toMatchObject({
        fileCount: 1,
        leftOut: [
          { path: 'old ü.env', why: 'secret' },
          { path: 'train.py', why: 'secret' },
        ],
      });
      for (const line of secret.split('\n')) expect(Buffer.from(changes?.patch ?? []).toString()).not.toContain(line);
    }
  });

  it('leave out files that are too large to be code', async () => {
    const folder = await repository({ 'data.csv': 'a\n', 'train.py': '1\n' });
    await write(folder, 'data.csv', 'a,b,c\n'.repeat(1_000_000));
    await write(folder, 'train.py', '2\n');
    expect(await readUncommitted(folder)).toMatchObject({ fileCount: 1, leftOut: [{ path: 'data.csv', why: 'size' }] });
  });

  it('are none outside a repository and before the first commit', async () => {
    const folder = await temporaryFolder();
    expect(await readUncommitted(folder)).toBeUndefined();
    git(folder, 'init', '--quiet');
    expect(await readUncommitted(folder)).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('start no program that the repository names', async () => {
    const folder = await repository({ 'train.py': '1\n', '.gitattributes': '* diff=x\n' });
    const trace = join(folder, '.git', 'trace');
    const program = await write(folder, '.git/program', `#!/bin/sh\necho ran >> '${trace}'\n`);
    await chmod(program, 0o755);
    for (const key of ['diff.x.textconv', 'diff.x.command', 'diff.external', 'core.pager', 'pager.diff'])
      git(folder, 'config', key, program);
    await write(folder, 'train.py', '2\n');
    expect(await readUncommitted(folder)).toMatchObject({ fileCount: 1 });
    expect(existsSync(trace)).toBe(false);
    git(folder, 'diff');
    expect(existsSync(trace)).toBe(true);
    git(folder, 'config', 'filter.y.clean', program);
    await write(folder, '.git/info/attributes', '* filter=y\n');
    expect(await readUncommitted(folder)).toBeUndefined();
  });
});
