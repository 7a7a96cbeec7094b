import { chmod, mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkout } from '../../src/artifacts/checkout.ts';
import { intakeArtifact } from '../../src/artifacts/intake.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { objectKey } from '../../src/storage/layout.ts';
import type { StagingStore } from '../../src/storage/object-store.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { modeOf, readTree, writeTree } from './files.ts';

const FILES = { 'model.bin': 'weights', 'sub/run.sh': 'run' };

let storeDir = '';
let checkoutsDir = '';
let store: StagingStore;
let digest = '';

beforeEach(async () => {
  storeDir = await tempFolder();
  checkoutsDir = join(storeDir, 'checkouts');
  store = filesystemStore(storeDir);
  const source = await tempFolder();
  await writeTree(source, FILES);
  await chmod(join(source, 'sub/run.sh'), 0o755);
  digest = (await intakeArtifact(store, { paths: [source] })).digest;
});

describe('a read-only copy of an artifact', () => {
  it('has its files and nothing else, and can not be written to', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: its file system has no such permissions');
    const { path } = await checkout(store, { digest, checkoutsDir });
    expect(path).toBe(join(checkoutsDir, digest));
    expect(await readTree(path)).toEqual(FILES);
    expect(await modeOf(join(path, 'model.bin'))).toBe(0o444);
    expect(await modeOf(join(path, 'sub/run.sh'))).toBe(0o555);
    expect(await readdir(checkoutsDir)).toEqual([digest]);
  });

  it('is the file itself where there is one only', async () => {
    const source = await tempFolder();
    await writeTree(source, { 'single.bin': 'one' });
    const single = await intakeArtifact(store, { paths: [source] });
    const { path } = await checkout(store, { digest: single.digest, checkoutsDir });
    expect(path).toBe(join(checkoutsDir, single.digest, 'single.bin'));
  });

  it('is made once', async () => {
    const { path } = await checkout(store, { digest, checkoutsDir });
    await rm(join(storeDir, objectKey(sha256Hex('weights'))));
    expect(await checkout(store, { digest, checkoutsDir })).toEqual({ path });
  });

  const changes: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
    [
      'a byte changed',
      (path) => chmod(join(path, 'model.bin'), 0o644).then(() => writeFile(join(path, 'model.bin'), 'Weights')),
    ],
    ['a file is missing', (path) => rm(join(path, 'model.bin'))],
    ['a file was added', (path) => writeFile(join(path, 'more'), 'x')],
    [
      'a file became a link',
      (path) => rm(join(path, 'model.bin')).then(() => symlink('/etc/hostname', join(path, 'model.bin'))),
    ],
    ['it became a file', (path) => rm(path, { recursive: true }).then(() => writeFile(path, 'x'))],
    ['it became a link', (path) => rm(path, { recursive: true }).then(() => symlink('/etc', path))],
  ];
  it.each(changes)('is made again when %s', async (_, change) => {
    const { path } = await checkout(store, { digest, checkoutsDir });
    await change(path);
    expect(await checkout(store, { digest, checkoutsDir })).toEqual({ path });
    expect(await readTree(path)).toEqual(FILES);
    expect(await readdir(checkoutsDir)).toEqual([digest]);
  });

  it('is not given when it is damaged and an object is missing, and stays as it is', async () => {
    const { path } = await checkout(store, { digest, checkoutsDir });
    await rm(join(storeDir, objectKey(sha256Hex('weights'))));
    await rm(join(path, 'model.bin'));
    await expect(checkout(store, { digest, checkoutsDir })).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
    expect(await readTree(checkoutsDir)).toEqual({ [`${digest}/sub/run.sh`]: 'run' });
  });

  it('is whole for everyone who asks at the same time', async () => {
    const paths = await Promise.all(Array.from({ length: 8 }, () => checkout(store, { digest, checkoutsDir })));
    expect(new Set(paths.map(({ path }) => path)).size).toBe(1);
    expect(await readTree(join(checkoutsDir, digest))).toEqual(FILES);
    expect(await readdir(checkoutsDir)).toEqual([digest]);
  });

  it('stops when it is cancelled, and leaves nothing', async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(checkout(store, { digest, checkoutsDir }, options)).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
    expect(await readdir(checkoutsDir)).toEqual([]);
  });

  it('clears away what killed processes left', async () => {
    const left = join(checkoutsDir, '.model-registry-pull-01234567-89ab-cdef-0123-456789abcdef-old');
    await mkdir(left, { recursive: true });
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(left, old, old);
    await checkout(store, { digest, checkoutsDir });
    expect(await readdir(checkoutsDir)).toEqual([digest]);
  });
});
