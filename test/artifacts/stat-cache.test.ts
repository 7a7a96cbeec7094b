import { readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestArtifact, intakeArtifact } from '../../src/artifacts/intake.ts';
import { openStatCache } from '../../src/artifacts/stat-cache.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { objectKey } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { readTree, writeTree } from './files.ts';

const MINUTE_MS = 60_000;

/** A model file, and a cache whose clock is a minute ahead: what was just written looks old to it. */
async function training({ clock = () => Date.now() + MINUTE_MS } = {}) {
  const folder = await tempFolder();
  const dir = await tempFolder();
  const file = join(folder, 'model.bin');
  await writeFile(file, 'weights');
  const cacheFile = join(dir, 'cache');
  const openCache = () => openStatCache({ file: cacheFile, clock });
  const digest = async () => (await digestArtifact({ paths: [folder], cache: await openCache() })).files[0]?.sha256;
  const knows = async () => (await openCache()).find(file, await stat(file, { bigint: true }));
  return { folder, file, dir, cacheFile, openCache, digest, knows };
}

describe('remembering files that were read', () => {
  it('gives the digest of a file that stayed as it was, without reading it', async () => {
    const { digest, knows, folder, openCache } = await training();
    expect(await knows()).toBeUndefined();
    expect(await digest()).toBe(sha256Hex('weights'));
    expect(await knows()).toBe(sha256Hex('weights'));
    const cache = { ...(await openCache()), find: () => sha256Hex('what was remembered') };
    expect((await digestArtifact({ paths: [folder], cache })).files[0]?.sha256).toBe(sha256Hex('what was remembered'));
  });

  it('keeps no path, which may tell of folders of a person', async () => {
    const { digest, cacheFile, folder } = await training();
    await digest();
    const kept = await readFile(cacheFile, 'utf8');
    expect(kept).toContain(sha256Hex('weights'));
    expect(kept).not.toContain(folder);
    expect(kept).not.toContain('model.bin');
  });

  const rewrites: readonly (readonly [string, (file: string) => Promise<void>])[] = [
    ['is written anew with the same size', (file) => writeFile(file, 'WEIGHTS')],
    [
      'is written anew with its old time',
      async (file) => {
        const { atime, mtime } = await stat(file);
        await writeFile(file, 'WEIGHTS');
        await utimes(file, atime, mtime);
      },
    ],
    [
      'is replaced by another with its time',
      async (file) => {
        const { atime, mtime } = await stat(file);
        await writeFile(`${file}.next`, 'WEIGHTS');
        await utimes(`${file}.next`, atime, mtime);
        await rename(`${file}.next`, file);
      },
    ],
  ];

  it.each(rewrites)('reads a file again that %s', async (_, rewrite) => {
    const { digest, file } = await training();
    await digest();
    // Times that a file system can tell apart, as they are after the margin.
    const before = (await stat(file, { bigint: true })).ctimeNs;
    do {
      await rewrite(file);
    } while ((await stat(file, { bigint: true })).ctimeNs === before);
    expect(await digest()).toBe(sha256Hex('WEIGHTS'));
  });

  it('does not remember a file that was written just before: its next change might not show', async () => {
    const { digest, knows, file } = await training({ clock: Date.now });
    for (let round = 0; round < 200; round += 1) {
      const text = String(round).padStart(7, '0');
      await writeFile(file, text);
      expect(await digest()).toBe(sha256Hex(text));
    }
    expect(await knows()).toBeUndefined();
  });

  it('does not remember a file whose time lies ahead', async () => {
    const { digest, knows, file } = await training();
    await utimes(file, 5e9, 5e9);
    await digest();
    expect(await knows()).toBeUndefined();
  });

  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ['is cut', (text) => text.slice(0, -5)],
    ['is empty', () => ''],
    ['was changed', (text) => text.replace(sha256Hex('weights'), sha256Hex('other'))],
    ['holds something else', () => `${sha256Hex('{"a":1}')}\n{"a":1}`],
    ['holds digests that are none', () => `${sha256Hex('[["a","b","../c"]]')}\n[["a","b","../c"]]`],
  ];

  it.each(damages)('starts anew when what it kept %s', async (_, damage) => {
    const { digest, knows, cacheFile } = await training();
    await digest();
    await writeFile(cacheFile, damage(await readFile(cacheFile, 'utf8')));
    expect(await knows()).toBeUndefined();
    expect(await digest()).toBe(sha256Hex('weights'));
    expect(await knows()).toBe(sha256Hex('weights'));
  });

  it('leaves no temporary file, and is no failure where it can not be kept', async () => {
    const { digest, dir, folder } = await training();
    await digest();
    expect(Object.keys(await readTree(dir)).sort()).toEqual(['cache', 'staging/']);
    const cache = await openStatCache({ file: join(folder, 'model.bin', 'cache') });
    expect((await digestArtifact({ paths: [folder], cache })).files).toHaveLength(1);
  });
});

describe('storing files that were read before', () => {
  it('stores what is no longer in the store', async () => {
    const { folder, openCache } = await training();
    await intakeArtifact(memoryStore(), { paths: [folder], cache: await openCache() });
    const other = memoryStore();
    const { files } = await intakeArtifact(other, { paths: [folder], cache: await openCache() });
    expect(await other.head(objectKey(files[0]?.sha256 ?? ''))).toEqual({ sizeBytes: 7 });
  });

  it('reads no file whose object is there', async () => {
    const { folder, openCache } = await training();
    await writeTree(folder, { 'sub/a': 'a', 'sub/b': 'b' });
    const store = filesystemStore(await tempFolder());
    const first = await intakeArtifact(store, { paths: [folder], cache: await openCache() });
    const failing = { ...store, stage: () => Promise.reject(new RegistryError('READ', 'A file was read.')) };
    expect(await intakeArtifact(failing, { paths: [folder], cache: await openCache() })).toEqual(first);
    await writeTree(folder, { 'sub/c': 'new' });
    await expect(intakeArtifact(failing, { paths: [folder], cache: await openCache() })).rejects.toThrow('was read');
  });

  it('does not take an object of another size for the file', async () => {
    const { folder, openCache } = await training();
    const root = await tempFolder();
    const store = filesystemStore(root);
    const { files } = await intakeArtifact(store, { paths: [folder], cache: await openCache() });
    await writeFile(join(root, objectKey(files[0]?.sha256 ?? '')), 'w');
    await expect(intakeArtifact(store, { paths: [folder], cache: await openCache() })).rejects.toMatchObject({
      code: 'OBJECT_DAMAGED',
    });
  });
});
