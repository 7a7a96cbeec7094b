import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_READ_BYTES, withFile } from '../../src/modelfiles/file-set.ts';
import { fileSetOf, localFileSet } from '../../src/modelfiles/local-files.ts';
import { folderOf } from './file-sets.ts';

const paths = async (folder: string) => (await localFileSet(folder)).files.map(({ path }) => path);

describe('the files of a model', () => {
  it('are those below a folder, in order, without what belongs to tools', async () => {
    const folder = await folderOf({ 'b/c.bin': '1', 'a.bin': '22', '.git/config': 'x', 'b/__pycache__/m.pyc': 'x' });
    expect((await localFileSet(folder)).files).toEqual([
      { path: 'a.bin', sizeBytes: 2 },
      { path: 'b/c.bin', sizeBytes: 1 },
    ]);
    expect(await paths(join(folder, 'a.bin'))).toEqual(['a.bin']);
  });

  it('are never outside: links that lead out, and names that would, are not followed', async () => {
    const folder = await folderOf({ 'model/real.bin': 'inside', 'secret.txt': 'outside' });
    const model = join(folder, 'model');
    await symlink('../secret.txt', join(model, 'out.bin'));
    await symlink('real.bin', join(model, 'alias.bin'));
    await symlink('..', join(model, 'up'));
    const set = await localFileSet(model);
    expect(set.files.map(({ path }) => path)).toEqual(['alias.bin', 'real.bin']);
    expect(set.problems.join()).toContain('out.bin is a link that leads out of the folder');
    for (const path of ['../secret.txt', 'out.bin', join(folder, 'secret.txt'), '__proto__'])
      await expect(set.open(path)).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
  });

  it('are bounded in depth and number, and say so', async () => {
    const folder = await folderOf({ 'top.bin': '1' });
    const deep = join(folder, ...Array.from({ length: 20 }, () => 'd'));
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, 'low.bin'), 'x');
    const set = await localFileSet(folder);
    expect(set.files.map(({ path }) => path)).toEqual(['top.bin']);
    expect(set.problems.join()).toContain('Folders more than 16 deep were left out');
    const file = join(folder, 'top.bin');
    const many = await fileSetOf(Array.from({ length: 10_001 }, (_, i) => ({ path: `f${i}`, file })));
    expect(many.files).toHaveLength(10_000);
    expect(many.problems).toEqual(['Only the first 10,000 of 10,001 files were looked at']);
  });

  it('are read in windows, up to their end', async () => {
    const folder = await folderOf({ 'a.bin': '0123456789' });
    const set = await localFileSet(folder);
    await withFile(set, 'a.bin', async (source) => {
      expect(Buffer.from(await source.read(8, 100)).toString()).toBe('89');
      expect(await source.read(10, 1)).toHaveLength(0);
      await expect(source.read(0, MAX_READ_BYTES + 1)).rejects.toThrow(RangeError);
    });
    await expect(localFileSet(join(folder, 'gone'))).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
  });
});
