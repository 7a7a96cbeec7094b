import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatherFiles } from '../../src/artifacts/gather.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { writeTree } from './files.ts';

/** The paths in the artifact, sorted. */
async function gathered(paths: readonly string[], except?: string): Promise<readonly string[]> {
  return (await gatherFiles(paths, { except })).map(({ path }) => path).sort();
}

async function project(): Promise<string> {
  const folder = await tempFolder();
  await writeTree(folder, { 'model/a.bin': 'a', 'model/sub/b.bin': 'b', 'reports/m.json': '{}', 'top.txt': 't' });
  await mkdir(join(folder, 'model', 'empty', 'deeper'), { recursive: true });
  return folder;
}

describe('gathering files', () => {
  it('calls a single file by its base name', async () => {
    const folder = await project();
    expect(await gatherFiles([join(folder, 'model/sub/b.bin')])).toEqual([
      { path: 'b.bin', source: join(folder, 'model/sub/b.bin') },
    ]);
  });

  it('takes a folder for the root, and drops empty folders', async () => {
    const folder = await project();
    expect(await gathered([join(folder, 'model')])).toEqual(['a.bin', 'sub/b.bin']);
    expect(await gathered([`${join(folder, 'model')}/`])).toEqual(['a.bin', 'sub/b.bin']);
  });

  it('takes the common folder of several paths for the root', async () => {
    const folder = await project();
    const at = (...paths: readonly string[]) => gathered(paths.map((path) => join(folder, path)));
    expect(await at('model', 'top.txt')).toEqual(['model/a.bin', 'model/sub/b.bin', 'top.txt']);
    expect(await at('model/a.bin', 'reports/m.json')).toEqual(['model/a.bin', 'reports/m.json']);
    expect(await at('model/a.bin', 'model/sub')).toEqual(['a.bin', 'sub/b.bin']);
    expect(await at('model/sub', 'model/sub/b.bin', 'model/sub')).toEqual(['b.bin']);
    expect(await at('model', 'model/sub/b.bin')).toEqual(['a.bin', 'sub/b.bin']);
  });

  it('does not take folders for one another because their names begin alike', async () => {
    const folder = await tempFolder();
    await writeTree(folder, { 'a/x': '1', 'ab/y': '2' });
    expect(await gathered([join(folder, 'a'), join(folder, 'ab')])).toEqual(['a/x', 'ab/y']);
  });

  it('follows links inside the root', async () => {
    const folder = await project();
    await symlink('sub/b.bin', join(folder, 'model', 'latest'));
    await symlink(join(folder, 'model', 'sub'), join(folder, 'model', 'again'));
    expect(await gathered([join(folder, 'model')])).toEqual(['a.bin', 'again/b.bin', 'latest', 'sub/b.bin']);
  });

  it('goes through a link that is itself the folder named', async () => {
    const folder = await project();
    await symlink(join(folder, 'model'), join(folder, 'link'));
    expect(await gathered([join(folder, 'link')])).toEqual(['a.bin', 'sub/b.bin']);
  });

  it('refuses links that lead out of the root', async () => {
    const folder = await project();
    const refused = { code: 'ARTIFACT_LINK_OUTSIDE' };
    await symlink('../top.txt', join(folder, 'model', 'out'));
    await expect(gatherFiles([join(folder, 'model')])).rejects.toMatchObject(refused);
    const other = await project();
    await symlink(join(other, 'reports'), join(folder, 'reports', 'other'));
    await expect(gatherFiles([join(folder, 'reports')])).rejects.toMatchObject(refused);
    await symlink(join(other, 'top.txt'), join(folder, 'single'));
    await expect(gatherFiles([join(folder, 'single')])).rejects.toMatchObject(refused);
    // A folder beside the root whose name begins like the root's.
    await writeTree(folder, { 'model-2/secret': 's' });
    await symlink('../../model-2/secret', join(folder, 'model', 'sub', 'beside'));
    await expect(gatherFiles([join(folder, 'model', 'sub'), join(folder, 'model', 'a.bin')])).rejects.toMatchObject(
      refused,
    );
  });

  it('refuses a path that leads out of the common folder, as a link or through one', async () => {
    const folder = await project();
    const elsewhere = await project();
    await symlink(elsewhere, join(folder, 'model', 'else'));
    const inside = join(folder, 'model', 'a.bin');
    const refused = { code: 'ARTIFACT_LINK_OUTSIDE' };
    await expect(gatherFiles([inside, join(folder, 'model', 'else')])).rejects.toMatchObject(refused);
    await expect(gatherFiles([inside, join(folder, 'model', 'else', 'top.txt')])).rejects.toMatchObject(refused);
  });

  it('detects links that lead back', async () => {
    const refused = { code: 'ARTIFACT_LINK_LOOP' };
    const folder = await project();
    await symlink('..', join(folder, 'model', 'sub', 'up'));
    await expect(gatherFiles([join(folder, 'model')])).rejects.toMatchObject(refused);
    const self = await tempFolder();
    await writeTree(self, { 'a/x': '1' });
    await symlink('self', join(self, 'a', 'self'));
    await expect(gatherFiles([join(self, 'a')])).rejects.toMatchObject(refused);
    const two = await tempFolder();
    await writeTree(two, { 'a/x': '1', 'b/y': '2' });
    await symlink('../b', join(two, 'a', 'to-b'));
    await symlink('../a', join(two, 'b', 'to-a'));
    await expect(gatherFiles([two])).rejects.toMatchObject(refused);
  });

  it('says that a link leads nowhere', async () => {
    const folder = await project();
    await symlink('gone', join(folder, 'model', 'dangling'));
    const error = await gatherFiles([join(folder, 'model')]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'PATH_NOT_FOUND', message: expect.stringContaining('dangling is a link') });
  });

  it('says that a path does not exist, or that nothing is there', async () => {
    const folder = await project();
    await expect(gatherFiles([join(folder, 'absent')])).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    await expect(gatherFiles([join(folder, 'top.txt', 'x')])).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' });
    await expect(gatherFiles([join(folder, 'model', 'empty')])).rejects.toMatchObject({ code: 'ARTIFACT_EMPTY' });
    await expect(gatherFiles([])).rejects.toMatchObject({ code: 'ARTIFACT_EMPTY' });
  });

  it('refuses what is neither file nor folder', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: it has no named pipes among its files');
    const folder = await project();
    execFileSync('mkfifo', [join(folder, 'model', 'fifo')]);
    await expect(gatherFiles([join(folder, 'model')])).rejects.toMatchObject({ code: 'PATH_UNREADABLE' });
    await expect(gatherFiles([join(folder, 'model', 'fifo')])).rejects.toMatchObject({ code: 'PATH_UNREADABLE' });
    await expect(gatherFiles(['/dev/null'])).rejects.toMatchObject({ code: 'PATH_UNREADABLE' });
    const server = createServer().listen(join(folder, 'reports', 'socket'));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    await expect(gatherFiles([join(folder, 'reports')])).rejects.toMatchObject({ code: 'PATH_UNREADABLE' });
  });

  it('leaves out git, the marker of a pull, and the registry that asks', async () => {
    const folder = await project();
    await writeTree(folder, {
      '.git/config': 'x',
      'model/.git': 'gitdir: elsewhere',
      'model/.model-registry-pull.json': '{}',
      '.model-registry/format.json': '{}',
      'kept/format.json': '{}',
    });
    const all = ['kept/format.json', 'model/a.bin', 'model/sub/b.bin', 'reports/m.json', 'top.txt'];
    expect(await gathered([folder], join(folder, '.model-registry'))).toEqual(all);
    // A file inside the registry can be named all the same.
    expect(await gathered([join(folder, '.model-registry', 'format.json')], join(folder, '.model-registry'))).toEqual([
      'format.json',
    ]);
    const registry = join(folder, '.model-registry');
    for (const path of [registry, join(folder, '.git'), join(folder, '.git', 'config')]) {
      await expect(gathered([path], registry), path).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' });
    }
  });

  it('refuses names that no manifest can have before it reads anything', async () => {
    const folder = await tempFolder();
    for (const name of ['a:b', 'a\\b', 'nul', 'x.', 'tab\t']) {
      await writeFile(join(folder, name), 'x');
      await expect(gatherFiles([join(folder, name)]), name).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' });
    }
  });

  it('writes names in Unicode normal form C, and refuses two that are the same then', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'e\u0301'), 'x');
    expect(await gatherFiles([folder])).toEqual([{ path: '\u00e9', source: join(folder, 'e\u0301') }]);
    await writeFile(join(folder, '\u00e9'), 'y');
    await expect(gatherFiles([folder])).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' });
  });

  it('refuses names that differ in case only', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: its file system takes them for one name');
    const folder = await tempFolder();
    await writeTree(folder, { 'Model.bin': '1', 'model.bin': '2' });
    await expect(gatherFiles([folder])).rejects.toMatchObject({ code: 'ARTIFACT_PATH_INVALID' });
  });

  it('says that a name is no UTF-8', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: its names are UTF-16');
    const folder = await tempFolder();
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff])]), 'x');
    const error = await gatherFiles([folder]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ARTIFACT_PATH_INVALID', message: expect.stringContaining('UTF-8') });
  });

  it('stops when it is cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(gatherFiles([await project()], { signal })).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  });
});
