import { mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { durableFolders } from '../../src/storage/durable.ts';
import { type FileSystem, nodeFileSystem } from '../../src/storage/file-system.ts';
import { temporaryFolder } from '../lineage/folder.ts';

/** The file system of this machine, with the folders whose names were made durable; the first flush of `failing` fails. */
function recorded(failing?: string) {
  const synced: string[] = [];
  let isFailing = true;
  const fs: FileSystem = {
    ...nodeFileSystem,
    async open(path, flags, mode) {
      const file = await nodeFileSystem.open(path, flags, mode);
      const sync = async () => {
        if (path === failing && isFailing) {
          isFailing = false;
          throw Object.assign(new Error('EIO'), { code: 'EIO' });
        }
        await file.sync();
        synced.push(path);
      };
      return {
        read: file.read.bind(file),
        write: file.write.bind(file),
        stat: () => file.stat(),
        close: () => file.close(),
        sync,
      };
    },
  };
  return { fs, synced };
}

describe('the name of a folder', () => {
  it('is durable with those of all around it, also where whoever made them was told of an error', async () => {
    const top = await realpath(await temporaryFolder());
    const base = join(top, 'shared', 'copy');
    const { fs, synced } = recorded(top);
    const makeFolder = durableFolders(base, fs);
    await expect(makeFolder(join(base, 'pending'))).rejects.toMatchObject({ code: 'EIO' });
    synced.length = 0;
    await makeFolder(join(base, 'pending'));
    expect(synced).toEqual(expect.arrayContaining([base, dirname(base), top]));
    synced.length = 0;
    await makeFolder(join(base, 'pending'));
    expect(synced).toEqual([]);
  });

  it('is durable where whoever made it died before', async () => {
    const top = await realpath(await temporaryFolder());
    const base = join(top, 'shared', 'copy');
    await mkdir(join(base, 'pending'), { recursive: true });
    const { fs, synced } = recorded();
    await durableFolders(base, fs)(join(base, 'pending'));
    expect(synced).toEqual(expect.arrayContaining([base, dirname(base), top]));
  });
});
