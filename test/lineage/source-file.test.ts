import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFile } from '../../src/lineage/source-file.ts';
import { temporaryFolder, write } from './folder.ts';

function git(folder: string, ...args: readonly string[]): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

describe('a source file as it was at a commit', () => {
  it('is its text, and says where it was not, is no text or is too large', async () => {
    const folder = await temporaryFolder();
    git(folder, 'init', '--quiet');
    await write(folder, 'deep/träin "a:b".py', 'print("ä")\n');
    await write(folder, 'plot.png', new Uint8Array([137, 80, 0, 1]));
    await write(folder, 'large.csv', 'x'.repeat(4 * 1024 * 1024 + 1));
    await symlink('/etc/passwd', join(folder, 'link'));
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'First');
    const commit = git(folder, 'rev-parse', 'HEAD');
    await write(folder, 'deep/träin "a:b".py', 'changed\n');
    const read = (path: string) => sourceFile({ folders: [folder], commit, path });
    expect(await read('deep/träin "a:b".py')).toEqual({ kind: 'text', text: 'print("ä")\n' });
    expect(await read('plot.png')).toEqual({ kind: 'binary', sizeBytes: 4 });
    expect(await read('large.csv')).toMatchObject({ kind: 'large' });
    expect(await read('link')).toEqual({ kind: 'text', text: '/etc/passwd' });
    for (const nothing of ['deep', 'gone.py', '../outside', '/etc/passwd', '-x']) {
      expect(await read(nothing), nothing).toEqual({ kind: 'absent' });
    }
  });

  it('comes from the first folder that has the commit, and is refused where none has', async () => {
    const [plain, folder] = [await temporaryFolder(), await temporaryFolder()];
    git(folder, 'init', '--quiet');
    git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'First');
    const commit = git(folder, 'rev-parse', 'HEAD');
    expect(await sourceFile({ folders: [plain, folder], commit, path: 'a' })).toEqual({ kind: 'absent' });
    for (const gone of ['b'.repeat(40), '--help', 'HEAD'])
      await expect(sourceFile({ folders: [folder], commit: gone, path: 'a' })).rejects.toMatchObject({
        code: 'COMMIT_NOT_FOUND',
      });
  });
});
