import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../src/storage/file-system.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { makeFolders } from '../../src/storage/make-folders.ts';
import { quickFileSystem } from '../../src/storage/quick-file-system.ts';
import { sweepTemporaryFiles } from '../../src/storage/temporary.ts';
import { bytes, describeObjectStore, text } from './object-store-suite.ts';
import { describeStaging } from './staging-suite.ts';
import { tempFolder } from './temp-folder.ts';

const makeStore = async () => filesystemStore(join(await tempFolder(), 'store'));

describeObjectStore('filesystem', makeStore);
describeStaging('filesystem', makeStore);

describe('filesystem', () => {
  it.skipIf(process.platform === 'win32')(
    'reads no file that a link in it leads to, whoever put the link there',
    async () => {
      const dir = await tempFolder();
      const secret = join(dir, 'secret');
      await writeFile(secret, 'private');
      const root = join(dir, 'store');
      await mkdir(join(root, 'log'), { recursive: true });
      await symlink(secret, join(root, 'log', 'a'));
      await symlink(join(dir, 'nothing'), join(root, 'log', 'b'));
      for (const fs of [nodeFileSystem, quickFileSystem]) {
        const store = filesystemStore(root, fs);
        for (const key of ['log/a', 'log/b']) {
          await expect(store.get(key)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
          await expect(store.getRange(key, 0, 3)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
          await expect(store.putIfAbsent(key, Buffer.from('x'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
        }
      }
      await symlink(root, join(dir, 'linked'));
      expect(await filesystemStore(join(dir, 'linked')).putIfAbsent('log/c', Buffer.from('x'))).toBe('created');
    },
  );

  it('keeps each object as a file under its key, and leaves no other file behind', async () => {
    const root = await tempFolder();
    const store = filesystemStore(root);
    await store.putIfAbsent('log/1.jsonl', bytes('one'));
    await store.putIfAbsent('log/1.jsonl', bytes('other'));
    const staged = await store.stage();
    await staged.write(bytes('two'));
    await staged.commit('objects/sha256/ab/two');
    const discarded = await store.stage();
    await discarded.write(bytes('three'));
    await discarded.discard();
    expect(await readFile(join(root, 'log', '1.jsonl'), 'utf8')).toBe('one');
    expect(await filesIn(root)).toEqual(['log/1.jsonl', 'objects/sha256/ab/two']);
  });

  it('lists neither temporary files nor names that are no keys nor links', async () => {
    const root = await tempFolder();
    const store = filesystemStore(root);
    await store.putIfAbsent('log/1', bytes('one'));
    await writeFile(join(root, 'log', '.tmp-1234'), 'half');
    await writeFile(join(root, 'log', 'a name'), 'x');
    await symlink(join(root, 'log', '1'), join(root, 'log', '2'));
    await symlink(root, join(root, 'loop'));
    expect(await store.list('')).toEqual(['log/1']);
  });

  it('writes nothing through a link to a folder', async () => {
    const root = await tempFolder();
    const elsewhere = await tempFolder();
    await symlink(elsewhere, join(root, 'log'));
    await mkdir(join(root, 'objects'));
    await symlink(elsewhere, join(root, 'objects', 'sha256'));
    const store = filesystemStore(root);
    await expect(store.putIfAbsent('log/1', bytes('x'))).rejects.toMatchObject({ code: 'STORAGE_LINK' });
    const staged = await store.stage();
    await staged.write(bytes('x'));
    await expect(staged.commit('objects/sha256/ab/x')).rejects.toMatchObject({ code: 'STORAGE_LINK' });
    expect(await readdir(elsewhere)).toEqual([]);
    expect(await filesIn(root)).toEqual([]);
  });

  it('may itself be reached through a link', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'link'));
    await filesystemStore(join(folder, 'link')).putIfAbsent('log/1', bytes('x'));
    expect(text(await filesystemStore(join(folder, 'real')).get('log/1'))).toBe('x');
  });

  it('says that a folder stands where an object should', async () => {
    const store = await makeStore();
    await store.putIfAbsent('a/b', bytes('x'));
    await expect(store.putIfAbsent('a', bytes('y'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(store.putIfAbsent('a/b/c', bytes('y'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(text(await store.get('a/b'))).toBe('x');
  });

  it('puts again after its folders were deleted', async () => {
    const root = await tempFolder();
    const store = filesystemStore(root);
    await store.putIfAbsent('log/1', bytes('one'));
    await rm(join(root, 'log'), { recursive: true });
    expect(await store.putIfAbsent('log/1', bytes('again'))).toBe('created');
    expect(text(await store.get('log/1'))).toBe('again');
  });

  it('sweeps temporary files a day after they were last written, and nothing else', async () => {
    const root = await tempFolder();
    const store = filesystemStore(root);
    await store.putIfAbsent('log/1', bytes('one'));
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const name of ['log/.tmp-old', 'staging/.tmp-old', 'staging/.tmp-new', 'staging/other', 'log/1']) {
      await writeFile(join(root, name), name);
      if (!name.endsWith('new')) await utimes(join(root, name), old, old);
    }
    expect(await sweepTemporaryFiles(root)).toHaveLength(2);
    expect(await filesIn(root)).toEqual(['log/1', 'staging/.tmp-new', 'staging/other']);
    expect(await sweepTemporaryFiles(join(root, 'absent'))).toEqual([]);
  });
});

it.runIf(process.platform === 'linux')(
  'gives up on a folder that can not be made although the one around it is there',
  async () => {
    await expect(makeFolders('/proc/none/here')).rejects.toMatchObject({ code: 'ENOENT' });
    const root = await tempFolder();
    expect(await makeFolders(join(root, 'a/b/c'))).toBe(join(root, 'a'));
    expect(await makeFolders(join(root, 'a/b'))).toBeUndefined();
  },
);

async function filesIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
