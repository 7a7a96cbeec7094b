import * as fs from 'node:fs';
import { appendFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import * as fsp from 'node:fs/promises';
import { chmod, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { digestArtifact, intakeArtifact } from '../../src/artifacts/intake.ts';
import { parseManifest } from '../../src/artifacts/manifest.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import type { Progress } from '../../src/base/progress.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { manifestKey, objectKey } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { readTree, writeTree } from './files.ts';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof fsp>();
  return { ...actual, open: vi.fn(actual.open) };
});
const actual = await vi.importActual<typeof fsp>('node:fs/promises');
afterEach(() => {
  vi.mocked(fsp.open).mockImplementation(actual.open);
});

const MIB = 1024 * 1024;

/** A folder with a small and a large file, and an empty store. */
async function training() {
  const folder = await tempFolder();
  await writeTree(folder, { 'a.json': '{}', 'model.bin': new Uint8Array(3 * MIB + 17).fill(7), 'sub/run.sh': 'run' });
  await chmod(join(folder, 'sub/run.sh'), 0o755);
  return { folder, large: join(folder, 'model.bin'), store: memoryStore() };
}

/** Calls `action` once, when reading is under way. */
function during(action: () => void): (progress: Progress) => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

describe('taking in an artifact', () => {
  it('stores each file under its SHA-256, and the manifest under its own', async () => {
    const { folder, store } = await training();
    const { digest, sizeBytes, files } = await intakeArtifact(store, { paths: [folder] });
    expect(files).toEqual([
      { path: 'a.json', size: 2, sha256: sha256Hex('{}') },
      { path: 'model.bin', size: 3 * MIB + 17, sha256: sha256Hex(new Uint8Array(3 * MIB + 17).fill(7)) },
      // Windows has no such right.
      {
        path: 'sub/run.sh',
        size: 3,
        sha256: sha256Hex('run'),
        ...(process.platform === 'win32' ? {} : { exec: true }),
      },
    ]);
    expect(sizeBytes).toBe(3 * MIB + 22);
    const manifest = await store.get(manifestKey(digest));
    expect(manifest && sha256Hex(manifest)).toBe(digest);
    expect(manifest && parseManifest(manifest).files).toEqual(files);
    for (const file of files) {
      const object = await store.get(objectKey(file.sha256));
      expect(object && sha256Hex(object)).toBe(file.sha256);
    }
    expect(await store.list('')).toHaveLength(4);
  });

  it('gives the digest without storing', async () => {
    const { folder, store } = await training();
    const digested = await digestArtifact({ paths: [folder] });
    expect(digested).toEqual(await intakeArtifact(store, { paths: [folder] }));
  });

  it('stores equal bytes once, and the same artifact again without a change', async () => {
    const folder = await tempFolder();
    await writeTree(folder, { a: 'same', b: 'same', c: '', d: '' });
    const store = memoryStore();
    const first = await intakeArtifact(store, { paths: [folder] });
    const keys = await store.list('');
    expect(keys).toHaveLength(3);
    expect(await intakeArtifact(store, { paths: [folder] })).toEqual(first);
    expect(await store.list('')).toEqual(keys);
  });

  it('leaves nothing but objects and manifests on disk', async () => {
    const { folder } = await training();
    const root = await tempFolder();
    await intakeArtifact(filesystemStore(root), { paths: [folder] });
    const names = Object.keys(await readTree(root));
    expect(names.filter((name) => /^(objects|manifests)\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(name))).toHaveLength(
      4,
    );
    expect(names.filter((name) => name !== 'staging/')).toHaveLength(4);
  });

  it('takes many small files', async () => {
    const folder = await tempFolder();
    const tree = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`shard-${index % 7}/${index}`, `content ${index}`]),
    );
    await writeTree(folder, tree);
    const store = memoryStore();
    const { files, sizeBytes } = await intakeArtifact(store, { paths: [folder] });
    expect(Object.fromEntries(files.map((file) => [file.path, file.sha256]))).toEqual(
      Object.fromEntries(Object.entries(tree).map(([path, text]) => [path, sha256Hex(text)])),
    );
    expect(sizeBytes).toBe(Object.values(tree).join('').length);
  });

  it('reports its progress up to the whole', async () => {
    const { folder, store } = await training();
    const seen: Progress[] = [];
    await intakeArtifact(store, { paths: [folder] }, { onProgress: (progress) => seen.push(progress) });
    const totalBytes = 3 * MIB + 22;
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.at(-1)).toEqual({ step: 'Storing', doneBytes: totalBytes, totalBytes });
    expect(seen.every((progress, index) => progress.doneBytes > (seen[index - 1]?.doneBytes ?? 0))).toBe(true);
  });
});

describe('taking in files that are still written', () => {
  const changes: readonly (readonly [string, (large: string, folder: string) => void])[] = [
    ['grows', (large) => appendFileSync(large, 'more')],
    ['is written anew with the same size', (large) => writeFileSync(large, new Uint8Array(3 * MIB + 17).fill(8))],
    ['shrinks', (large) => fs.truncateSync(large, MIB)],
    [
      'is replaced by another file',
      (large, folder) => {
        writeFileSync(join(folder, '..', 'next'), new Uint8Array(3 * MIB + 17).fill(7));
        renameSync(join(folder, '..', 'next'), large);
      },
    ],
    ['is deleted', (large) => rmSync(large)],
    ['gets another time', (large) => utimesSync(large, 1, 1)],
    ['was read before another that is read now', (_, folder) => writeFileSync(join(folder, 'a.json'), '{"auc":1}')],
  ];

  it.each(changes)('refuses a file that %s', async (_, change) => {
    const parent = await tempFolder();
    const folder = join(parent, 'out');
    await writeTree(folder, { 'a.json': '{}', 'model.bin': new Uint8Array(3 * MIB + 17).fill(7) });
    const store = memoryStore();
    const onProgress = during(() => change(join(folder, 'model.bin'), folder));
    await expect(intakeArtifact(store, { paths: [folder] }, { onProgress })).rejects.toMatchObject({
      code: 'FILE_CHANGED',
    });
    expect(await store.list('manifests/')).toEqual([]);
  });

  it('does not follow for ever a file that grows as fast as it is read', async () => {
    const { folder, large, store } = await training();
    const onProgress = () => appendFileSync(large, new Uint8Array(MIB));
    await expect(intakeArtifact(store, { paths: [folder] }, { onProgress })).rejects.toMatchObject({
      code: 'FILE_CHANGED',
    });
  });
});

describe('taking in an artifact that can not be taken', () => {
  it('stops when it is cancelled, and stores no manifest', async () => {
    const { folder } = await training();
    const root = await tempFolder();
    const store = filesystemStore(root);
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(intakeArtifact(store, { paths: [folder] }, options)).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
    await expect(digestArtifact({ paths: [folder] }, options)).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(await store.list('manifests/')).toEqual([]);
    expect(Object.keys(await readTree(join(root, 'staging')))).toEqual([]);
  });

  it('says which file can not be read', async () => {
    const { folder, large, store } = await training();
    vi.mocked(fsp.open).mockImplementation(async (path, flags, mode) => {
      if (path === large) throw Object.assign(new Error('EACCES: simulated'), { code: 'EACCES' });
      return actual.open(path, flags, mode);
    });
    const error = await intakeArtifact(store, { paths: [folder] }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'PATH_UNREADABLE', message: expect.stringContaining(large) });
    expect(await store.list('manifests/')).toEqual([]);
  });

  it('does not trust an object that is there with another size', async () => {
    const { folder } = await training();
    const root = await tempFolder();
    const store = filesystemStore(root);
    await intakeArtifact(store, { paths: [folder] });
    await truncate(join(root, objectKey(sha256Hex('run'))), 1);
    await expect(intakeArtifact(store, { paths: [folder] })).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
  });

  it('does not trust an object that is there with other bytes, and brings the right ones once it is deleted', async () => {
    const { folder } = await training();
    const root = await tempFolder();
    const store = filesystemStore(root);
    const { digest } = await intakeArtifact(store, { paths: [folder] });
    const object = join(root, objectKey(sha256Hex('run')));
    await writeFile(object, 'ran');
    await expect(intakeArtifact(store, { paths: [folder] })).rejects.toMatchObject({
      code: 'OBJECT_DAMAGED',
      message: expect.stringContaining('Delete that file'),
    });
    await rm(object);
    expect(await intakeArtifact(store, { paths: [folder] })).toMatchObject({ digest });
    expect(await readFile(object, 'utf8')).toBe('run');
  });

  it('does not trust a manifest that is there with other bytes', async () => {
    const { folder } = await training();
    const root = await tempFolder();
    const store = filesystemStore(root);
    const { digest } = await intakeArtifact(store, { paths: [folder] });
    const file = join(root, manifestKey(digest));
    await writeFile(file, (await readFile(file, 'utf8')).replace('model.bin', 'model.xyz'));
    await expect(intakeArtifact(store, { paths: [folder] })).rejects.toMatchObject({ code: 'MANIFEST_DAMAGED' });
  });

  it('reads what a link leads to, and refuses it where that is outside', async () => {
    const { folder, store } = await training();
    await symlink('model.bin', join(folder, 'latest.bin'));
    const { files } = await intakeArtifact(store, { paths: [folder] });
    expect(files.find((file) => file.path === 'latest.bin')?.sha256).toBe(
      files.find((file) => file.path === 'model.bin')?.sha256,
    );
    await symlink('/etc/hostname', join(folder, 'host'));
    await expect(intakeArtifact(store, { paths: [folder] })).rejects.toMatchObject({ code: 'ARTIFACT_LINK_OUTSIDE' });
  });
});
