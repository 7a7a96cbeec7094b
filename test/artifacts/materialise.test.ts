import { writeFileSync } from 'node:fs';
import * as fsp from 'node:fs/promises';
import { chmod, mkdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { intakeArtifact } from '../../src/artifacts/intake.ts';
import { encodeManifest } from '../../src/artifacts/manifest.ts';
import { materialise } from '../../src/artifacts/materialise.ts';
import { sweepLeftovers } from '../../src/artifacts/swap-folder.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import type { Progress } from '../../src/base/progress.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { manifestKey, objectKey } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import type { StagingStore } from '../../src/storage/object-store.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { modeOf, readTree, writeTree } from './files.ts';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof fsp>();
  return { ...actual, rename: vi.fn(actual.rename), rm: vi.fn(actual.rm) };
});
const actual = await vi.importActual<typeof fsp>('node:fs/promises');

const MARKER = '.model-registry-pull.json';
const FIRST = { 'model.bin': 'first', 'sub/config.json': '{"v":1}', 'sub/deep/run.sh': 'run' };
const SECOND = { 'model.bin': 'second', 'sub/config.json': '{"v":1}', 'other.txt': 'other' };

let folder = '';
let to = '';
let storeDir = '';
let store: StagingStore;
let first = '';
let second = '';

async function intake(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const source = await tempFolder();
  await writeTree(source, files);
  if ('sub/deep/run.sh' in files) await chmod(join(source, 'sub/deep/run.sh'), 0o755);
  return (await intakeArtifact(store, { paths: [source] })).digest;
}

/** What `to` holds, without the marker. */
async function pulled(path = to): Promise<Readonly<Record<string, string>>> {
  const { [MARKER]: _, ...files } = await readTree(path);
  return files;
}

beforeEach(async () => {
  folder = await tempFolder();
  storeDir = join(await tempFolder(), 'store');
  store = filesystemStore(storeDir);
  to = join(folder, 'out');
  first = await intake(FIRST);
  second = await intake(SECOND);
});
afterEach(() => {
  vi.mocked(fsp.rename).mockImplementation(actual.rename);
  vi.mocked(fsp.rm).mockImplementation(actual.rm);
});

describe('restoring an artifact', () => {
  it('writes its files with their bytes and their right to be executed', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: its file system has no such permissions');
    expect(await materialise(store, { digest: first, to })).toEqual({ fileCount: 3, sizeBytes: 15 });
    expect(await pulled()).toEqual(FIRST);
    expect(await modeOf(join(to, 'sub/deep/run.sh'))).toBe(0o755);
    expect(await modeOf(join(to, 'model.bin'))).toBe(0o644);
    expect(await readTree(folder)).toEqual(
      Object.fromEntries(Object.entries(await readTree(to)).map(([path, text]) => [`out/${path}`, text])),
    );
  });

  it('gives files of its own, so that writing to them changes no object', async () => {
    await materialise(store, { digest: first, to });
    await writeFile(join(to, 'model.bin'), 'mine');
    await materialise(store, { digest: first, to: join(folder, 'again') });
    expect(await pulled(join(folder, 'again'))).toEqual(FIRST);
  });

  it('puts an artifact of one file into the folder', async () => {
    const digest = await intake({ 'single.bin': 'one' });
    await materialise(store, { digest, to });
    expect(await pulled()).toEqual({ 'single.bin': 'one' });
  });

  it('makes the folders around it', async () => {
    to = join(folder, 'a', 'b', 'c');
    await materialise(store, { digest: first, to });
    expect(await pulled()).toEqual(FIRST);
  });

  it('goes into an empty folder and keeps its permissions', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: its file system has no such permissions');
    await mkdir(to);
    await chmod(to, 0o700);
    await materialise(store, { digest: first, to });
    expect(await pulled()).toEqual(FIRST);
    expect(await modeOf(to)).toBe(0o700);
  });

  it('replaces what an earlier pull wrote, and leaves nothing of it', async () => {
    await materialise(store, { digest: first, to });
    await materialise(store, { digest: second, to });
    expect(await pulled()).toEqual(SECOND);
    expect(await fsp.readdir(folder)).toEqual(['out']);
  });

  it('does not touch a folder that holds the artifact already', async () => {
    await materialise(store, { digest: first, to });
    const before = await fsp.stat(to);
    expect(await materialise(store, { digest: first, to })).toEqual({ fileCount: 3, sizeBytes: 15 });
    expect((await fsp.stat(to)).ino).toBe(before.ino);
  });

  it('puts back files that were deleted', async () => {
    await materialise(store, { digest: first, to });
    await rm(join(to, 'sub'), { recursive: true });
    await materialise(store, { digest: first, to });
    expect(await pulled()).toEqual(FIRST);
  });

  it('reports its progress up to the whole', async () => {
    const seen: Progress[] = [];
    await materialise(store, { digest: first, to }, { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ step: 'Restoring', doneBytes: 15, totalBytes: 15 });
  });
});

describe('a folder that is in the way', () => {
  it('is left alone when no pull wrote it', async () => {
    await writeTree(to, { 'thesis.tex': 'years' });
    await expect(materialise(store, { digest: first, to })).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    expect(await readTree(folder)).toEqual({ 'out/thesis.tex': 'years' });
    await writeTree(to, { [MARKER]: '{"digest":"x"}' });
    await expect(materialise(store, { digest: first, to })).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    await writeTree(to, { [MARKER]: 'no JSON' });
    await expect(materialise(store, { digest: first, to })).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  });

  it('is left alone when it holds so much as an empty folder', async () => {
    await mkdir(join(to, 'inner'), { recursive: true });
    await expect(materialise(store, { digest: first, to })).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    expect(await readTree(folder)).toEqual({ 'out/inner/': '' });
  });

  const changes: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['a file was added', () => writeFile(join(to, 'sub', 'mine.txt'), 'mine'), 'sub/mine.txt'],
    ['a file was changed', () => writeFile(join(to, 'model.bin'), 'FIRST'), 'model.bin'],
    ['a file grew', () => fsp.appendFile(join(to, 'model.bin'), '!'), 'model.bin'],
    ['a link was added', () => symlink('model.bin', join(to, 'link')), 'link'],
    [
      'a file became a link',
      () => rm(join(to, 'model.bin')).then(() => symlink('sub/config.json', join(to, 'model.bin'))),
      'model.bin',
    ],
    [
      'a file became a folder',
      () => rm(join(to, 'model.bin')).then(() => writeTree(to, { 'model.bin/x': 'x' })),
      'model.bin/x',
    ],
  ];
  it.each(changes)('is left alone when %s since it was pulled', async (_, change, path) => {
    await materialise(store, { digest: first, to });
    await change();
    const before = await readTree(folder);
    for (const digest of [first, second]) {
      const error = await materialise(store, { digest, to }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        code: 'TARGET_MODIFIED',
        details: { paths: [path] },
        message: expect.stringContaining(path),
      });
    }
    expect(await readTree(folder)).toEqual(before);
  });

  it('is left alone when a file is added while the new ones are written', async () => {
    await materialise(store, { digest: first, to });
    const onProgress = ({ step }: Progress) => {
      if (step === 'Restoring') writeFileSync(join(to, 'late.txt'), 'late');
    };
    const before = await readTree(folder);
    await expect(materialise(store, { digest: second, to }, { onProgress })).rejects.toMatchObject({
      code: 'TARGET_MODIFIED',
    });
    expect(await readTree(folder)).toEqual({ ...before, 'out/late.txt': 'late' });
  });

  it('is left alone when it was empty and a file appears meanwhile', async () => {
    await mkdir(to);
    const onProgress = () => writeFileSync(join(to, 'late.txt'), 'late');
    await expect(materialise(store, { digest: second, to }, { onProgress })).rejects.toMatchObject({
      code: 'TARGET_MODIFIED',
    });
    expect(await readTree(folder)).toEqual({ 'out/late.txt': 'late' });
  });

  it('is left alone when it was absent and appears meanwhile', async () => {
    vi.mocked(fsp.rename).mockImplementation(async (from, target) => {
      if (target === to) await writeTree(to, { 'theirs.txt': 'theirs' });
      return actual.rename(from, target);
    });
    await expect(materialise(store, { digest: first, to })).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
    expect(await readTree(folder)).toEqual({ 'out/theirs.txt': 'theirs' });
  });

  it('is no link, no file, and not below a file', async () => {
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), to);
    await expect(materialise(store, { digest: first, to })).rejects.toMatchObject({
      code: 'TARGET_NOT_FOLDER',
      message: expect.stringContaining('a link'),
    });
    await writeTree(folder, { file: 'x' });
    await expect(materialise(store, { digest: first, to: join(folder, 'file') })).rejects.toMatchObject({
      code: 'TARGET_NOT_FOLDER',
    });
    for (const below of ['file/a', 'file/a/b']) {
      await expect(materialise(store, { digest: first, to: join(folder, below) }), below).rejects.toMatchObject({
        code: 'TARGET_NOT_FOLDER',
      });
    }
    expect(await readTree(folder)).toEqual({ 'real/': '', out: `-> ${join(folder, 'real')}`, file: 'x' });
  });

  it('may lie behind a link', async () => {
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'link'));
    await materialise(store, { digest: first, to: join(folder, 'link', 'out') });
    expect(await pulled(join(folder, 'real', 'out'))).toEqual(FIRST);
  });
});

describe('restoring what is not whole', () => {
  const modelKey = objectKey(sha256Hex('second'));
  const damage: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['an object is missing', () => rm(join(storeDir, modelKey)), 'OBJECT_MISSING'],
    ['an object has other bytes', () => writeFile(join(storeDir, modelKey), 'SECOND'), 'OBJECT_DAMAGED'],
    ['an object is shorter', () => truncate(join(storeDir, modelKey), 3), 'OBJECT_DAMAGED'],
    ['an object is empty', () => truncate(join(storeDir, modelKey), 0), 'OBJECT_DAMAGED'],
    ['an object is longer', () => writeFile(join(storeDir, modelKey), 'second!'), 'OBJECT_DAMAGED'],
    ['the manifest is missing', () => rm(join(storeDir, manifestKey(second))), 'MANIFEST_MISSING'],
    [
      'the manifest has other bytes',
      () => writeFile(join(storeDir, manifestKey(second)), '{"files":[]}'),
      'MANIFEST_DAMAGED',
    ],
    ['the manifest is empty', () => truncate(join(storeDir, manifestKey(second)), 0), 'MANIFEST_DAMAGED'],
  ];
  it.each(damage)('leaves everything as it was when %s', async (_, harm, code) => {
    await materialise(store, { digest: first, to });
    const before = await readTree(folder);
    await harm();
    await expect(materialise(store, { digest: second, to })).rejects.toMatchObject({ code });
    expect(await readTree(folder)).toEqual(before);
    await expect(materialise(store, { digest: second, to: join(folder, 'new', 'place') })).rejects.toMatchObject({
      code,
    });
    expect(await readTree(folder)).toEqual(before);
  });

  it('does not know digests that are none', async () => {
    for (const digest of ['', 'abc', '../../x', first.toUpperCase(), sha256Hex('unknown')]) {
      await expect(materialise(store, { digest, to }), digest).rejects.toMatchObject({ code: 'MANIFEST_MISSING' });
    }
    expect(await readTree(folder)).toEqual({});
  });

  it('never writes outside the folder, whatever a manifest says', async () => {
    for (const path of ['../escaped', '/tmp/escaped', 'a/../../escaped', '..\\escaped', 'C:\\escaped']) {
      const hostile = memoryStore();
      const sha256 = sha256Hex('evil');
      await hostile.putIfAbsent(objectKey(sha256), new TextEncoder().encode('evil'));
      const bytes = new TextEncoder().encode(JSON.stringify({ files: [{ path, size: 4, sha256 }] }));
      const digest = sha256Hex(bytes);
      await hostile.putIfAbsent(manifestKey(digest), bytes);
      await expect(materialise(hostile, { digest, to }), path).rejects.toMatchObject({ code: 'MANIFEST_DAMAGED' });
    }
    expect(await readTree(folder)).toEqual({});
  });

  it('believes a manifest no size that the object does not have', async () => {
    const lying = memoryStore();
    const sha256 = sha256Hex('four');
    await lying.putIfAbsent(objectKey(sha256), new TextEncoder().encode('four'));
    for (const size of [3, 5]) {
      const { bytes, digest } = encodeManifest([{ path: 'a', size, sha256 }]);
      await lying.putIfAbsent(manifestKey(digest), bytes);
      await expect(materialise(lying, { digest, to })).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
    }
  });
});

describe('restoring that is interrupted', () => {
  it('leaves everything as it was when it is cancelled', async () => {
    await materialise(store, { digest: first, to });
    const before = await readTree(folder);
    for (const step of ['Checking', 'Restoring']) {
      const controller = new AbortController();
      const onProgress = (progress: Progress) => {
        if (progress.step === step) controller.abort();
      };
      const options = { signal: controller.signal, onProgress };
      await expect(materialise(store, { digest: second, to }, options)).rejects.toMatchObject({
        code: 'OPERATION_CANCELLED',
      });
      expect(await readTree(folder)).toEqual(before);
    }
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    const deep = join(folder, 'x', 'y', 'z');
    await expect(materialise(store, { digest: second, to: deep }, options)).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
    expect(await readTree(folder)).toEqual(before);
  });

  it.each([
    ['ENOSPC', 'TARGET_FULL'],
    ['EACCES', 'TARGET_UNWRITABLE'],
  ])('leaves everything as it was when the last rename says %s', async (code, expected) => {
    await materialise(store, { digest: first, to });
    const before = await readTree(folder);
    vi.mocked(fsp.rename).mockImplementation(async (from, target) => {
      if (target === to && !basename(String(from)).endsWith('-old')) throw Object.assign(new Error(code), { code });
      return actual.rename(from, target);
    });
    await expect(materialise(store, { digest: second, to })).rejects.toMatchObject({ code: expected });
    expect(await readTree(folder)).toEqual(before);
  });

  it('removes another day what a process was removing when it was killed', async () => {
    await materialise(store, { digest: first, to });
    vi.mocked(fsp.rm).mockImplementation(async (path) => {
      await actual.rm(join(String(path), MARKER), { force: true });
      throw Object.assign(new Error('killed'), { code: 'EIO' });
    });
    await materialise(store, { digest: second, to });
    vi.mocked(fsp.rm).mockImplementation(actual.rm);
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
    const left = (await fsp.readdir(folder)).filter((name) => name !== 'out');
    expect(left).toHaveLength(1);
    for (const name of left) await utimes(join(folder, name), old, old);
    await materialise(store, { digest: first, to });
    expect(await fsp.readdir(folder)).toEqual(['out']);
  });

  it('puts back what was there for days also where another process sweeps at that moment', async () => {
    await materialise(store, { digest: first, to });
    const before = await readTree(folder);
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(to, old, old);
    vi.mocked(fsp.rename).mockImplementation(async (from, target) => {
      if (target !== to || basename(String(from)).endsWith('-old')) return actual.rename(from, target);
      await sweepLeftovers(folder, async () => true);
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    });
    await expect(materialise(store, { digest: second, to })).rejects.toMatchObject({ code: 'TARGET_UNWRITABLE' });
    expect(await readTree(folder)).toEqual(before);
  });

  it('removes what a killed process left a day ago, and nothing that a person made', async () => {
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
    const id = '01234567-89ab-cdef-0123-456789abcdef';
    const leftovers = [`.model-registry-pull-${id}`, `.model-registry-pull-${id.replace('0', 'f')}-old`];
    const kept = [
      `.model-registry-pull-${id.replace('0', 'e')}`,
      `.model-registry-pull-${id.replace('0', 'd')}-old`,
      '.model-registry-pull-mine',
    ];
    await materialise(store, { digest: first, to: join(folder, leftovers[1] ?? '') });
    for (const name of [leftovers[0] ?? '', ...kept]) await writeTree(folder, { [`${name}/x`]: 'x' });
    for (const name of [...leftovers, ...kept.slice(1)]) await utimes(join(folder, name), old, old);
    await materialise(store, { digest: first, to });
    expect((await fsp.readdir(folder)).sort()).toEqual([...kept, 'out'].sort());
  });
});

describe('a folder that has to stay, because the process works in it', () => {
  const before = process.cwd();
  beforeEach(async () => {
    await mkdir(to);
    process.chdir(to);
  });
  afterEach(() => process.chdir(before));

  it('is filled and replaced entry by entry', async () => {
    const { ino } = await fsp.stat(to);
    await materialise(store, { digest: first, to: '.' });
    expect(await pulled()).toEqual(FIRST);
    await materialise(store, { digest: second, to });
    expect(await pulled()).toEqual(SECOND);
    expect((await fsp.stat(to)).ino).toBe(ino);
    expect(await fsp.readdir(folder)).toEqual(['out']);
  });

  it('is left as it was when an entry can not be moved', async () => {
    await materialise(store, { digest: first, to });
    const tree = await readTree(folder);
    vi.mocked(fsp.rename).mockImplementation(async (from, target) => {
      if (target === join(to, 'other.txt')) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      return actual.rename(from, target);
    });
    await expect(materialise(store, { digest: second, to })).rejects.toMatchObject({ code: 'TARGET_UNWRITABLE' });
    expect(await readTree(folder)).toEqual(tree);
  });

  it('is left as it was when a file is added meanwhile', async () => {
    await materialise(store, { digest: first, to });
    const tree = await readTree(folder);
    const onProgress = ({ step }: Progress) => {
      if (step === 'Restoring') writeFileSync(join(to, 'late.txt'), 'late');
    };
    await expect(materialise(store, { digest: second, to }, { onProgress })).rejects.toMatchObject({
      code: 'TARGET_MODIFIED',
    });
    expect(await readTree(folder)).toEqual({ ...tree, 'out/late.txt': 'late' });
  });
});
