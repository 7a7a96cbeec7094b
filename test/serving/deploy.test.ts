import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Registry } from '../../src/registry/api/registry.ts';
import { checkDeployment, deploy, deploymentOf } from '../../src/serving/deploy.ts';
import { makePlace, type Place, registerVersions } from '../registry/opened.ts';

let place: Place;
let registry: Registry;
let root = '';
beforeEach(async () => {
  place = await makePlace();
  registry = await place.open();
  await registerVersions(place, registry, 3);
  root = join(place.dir, 'workspace');
  await mkdir(root);
});

const PATH = 'deploy/fraud';
const request = () => ({ root, model: 'fraud', path: PATH });
const file = () => join(root, PATH, 'model.bin');
const deployed = () => readFile(file(), 'utf8');
const promote = (number: number) =>
  registry.promote({ ref: `fraud@${number}`, stage: 'production', reason: `version ${number}` });

describe('deploying', () => {
  it('puts what is in production into the folder, and what was there before back after a rollback', async () => {
    expect(await deploy(registry, request())).toMatchObject({ state: 'none', isChanged: false });
    await promote(1);
    expect(await deploymentOf(registry, request())).toMatchObject({ state: 'out-of-step', wanted: { number: 1 } });
    expect(await deploy(registry, request())).toMatchObject({ state: 'deployed', isChanged: true });
    expect(await deployed()).toBe('weights 0');
    await promote(2);
    await deploy(registry, request());
    expect(await deployed()).toBe('weights 1');
    await registry.rollback({ model: 'fraud', reason: 'complaints' });
    const result = await deploy(registry, request());
    expect(result).toMatchObject({ isChanged: true, wanted: { number: 1 }, served: { number: 1 } });
    expect(await deployed()).toBe('weights 0');
    expect(await deploy(registry, request())).toMatchObject({ state: 'deployed', isChanged: false });
  });

  it('keeps the version before beside it, as it was, and no older one', async () => {
    const inodes: number[] = [];
    for (const number of [1, 2, 3]) {
      await promote(number);
      await deploy(registry, request());
      inodes.push((await stat(file())).ino);
    }
    const folders = (await readdir(join(root, 'deploy'))).filter((name) => /^\.fraud-[0-9a-f]{16}$/.test(name));
    expect(folders).toHaveLength(2);
    await registry.rollback({ model: 'fraud', reason: 'complaints' });
    await deploy(registry, request());
    expect((await stat(file())).ino).toBe(inodes[1]);
  });

  it('leaves what is there where nothing is in production any more, and says so', async () => {
    await promote(1);
    await deploy(registry, request());
    await registry.archive({ ref: 'fraud@1', reason: 'wrong month' });
    expect(await deploy(registry, request())).toMatchObject({ state: 'out-of-step', isChanged: false });
    expect(await deployed()).toBe('weights 0');
  });

  it('takes an empty folder, and leaves a folder, a file and a link that others made alone', async () => {
    await promote(1);
    await mkdir(join(root, PATH), { recursive: true });
    await deploy(registry, request());
    expect(await deployed()).toBe('weights 0');
    const others: readonly ((path: string) => Promise<unknown>)[] = [
      async (path) => {
        await mkdir(path);
        await writeFile(join(path, 'mine.txt'), 'mine');
      },
      (path) => writeFile(path, 'mine'),
      (path) => symlink(root, path),
    ];
    for (const [index, make] of others.entries()) {
      const path = `other-${index}`;
      await make(join(root, path));
      const before = await lstat(join(root, path));
      await expect(deploy(registry, { root, model: 'fraud', path })).rejects.toMatchObject({ code: 'TARGET_NOT_LINK' });
      expect((await lstat(join(root, path))).ino).toBe(before.ino);
    }
    expect(await readdir(join(root, 'other-0'))).toEqual(['mine.txt']);
  });

  it('notices files that were changed in place, keeps them, and puts the version there', async () => {
    await promote(1);
    await deploy(registry, request());
    await writeFile(file(), 'weights X');
    expect(await deploymentOf(registry, request())).toMatchObject({ state: 'changed' });
    expect(await checkDeployment(registry, request())).toMatchObject({ state: 'changed' });
    const { setAside = '' } = await deploy(registry, request(), { isAsked: true });
    expect(await deployed()).toBe('weights 0');
    expect(await readFile(join(setAside, 'model.bin'), 'utf8')).toBe('weights X');
    expect(await checkDeployment(registry, request())).toMatchObject({ state: 'deployed' });
  });

  it('leaves files that were changed in place as they are until a person asks or the next version comes', async () => {
    await promote(1);
    await deploy(registry, request());
    await writeFile(file(), 'weights X');
    const starts: unknown[] = [];
    const onStart = ({ wanted }: { readonly wanted?: { readonly number: number } }) => starts.push(wanted?.number);
    expect(await deploy(registry, request(), { onStart })).toMatchObject({ state: 'changed', isChanged: false });
    expect(await deployed()).toBe('weights X');
    expect(starts).toEqual([]);
    await promote(2);
    expect(await deploy(registry, request(), { onStart })).toMatchObject({ state: 'deployed', isChanged: true });
    expect(await deployed()).toBe('weights 1');
    expect(starts).toEqual([2]);
  });

  it('believes no folder that came with the workspace and says that it is the version', async () => {
    await promote(1);
    await deploy(registry, request());
    const folder = await readlink(join(root, PATH));
    const copy = await mkdtemp(join(tmpdir(), 'model-registry-copy-'));
    try {
      const mark = await readFile(join(root, 'deploy', `${folder}.done`));
      const marker = await readFile(join(root, 'deploy', folder, '.model-registry-pull.json'));
      await mkdir(join(copy, 'deploy', folder), { recursive: true });
      await writeFile(join(copy, 'deploy', `${folder}.done`), mark);
      await writeFile(join(copy, 'deploy', folder, '.model-registry-pull.json'), marker);
      await writeFile(join(copy, 'deploy', folder, 'model.bin'), 'weights 9');
      await symlink(folder, join(copy, PATH));
      const there = { ...request(), root: copy };
      expect(await deploymentOf(registry, there)).toMatchObject({ state: 'changed' });
      await deploy(registry, there, { isAsked: true });
      expect(await readFile(join(copy, PATH, 'model.bin'), 'utf8')).toBe('weights 0');
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });

  it('brings several at once to the same', async () => {
    await promote(1);
    await deploy(registry, request());
    await promote(2);
    const other = await place.open();
    await Promise.all([deploy(registry, request()), deploy(other, request())]);
    expect(await deployed()).toBe('weights 1');
    expect(await checkDeployment(registry, request())).toMatchObject({ state: 'deployed' });
  });
});

describe('deploying out of the workspace', () => {
  let outside = '';
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'model-registry-outside-'));
    await promote(1);
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  it.each(['a link to a folder elsewhere', 'a link that leads nowhere', 'a link to itself'])(
    'is refused: %s',
    async (what) => {
      const target = what.endsWith('elsewhere')
        ? outside
        : what.endsWith('nowhere')
          ? join(outside, 'absent')
          : 'deploy';
      await symlink(target, join(root, 'deploy'));
      await expect(deploy(registry, request())).rejects.toMatchObject({ code: 'PATH_OUTSIDE_WORKSPACE' });
      expect(await readdir(outside)).toEqual([]);
    },
  );

  it('isn’t possible through links beside the folder', async () => {
    const victim = join(outside, 'victim.txt');
    await writeFile(victim, 'precious');
    const { wanted } = await deploymentOf(registry, request());
    const name = `.fraud-${wanted?.artifact.digest.slice(0, 16)}`;
    await mkdir(join(root, 'deploy'));
    await symlink(victim, join(root, 'deploy', `${name}.done`));
    await symlink(outside, join(root, 'deploy', '.fraud-0123456789abcdef'));
    await deploy(registry, request());
    expect(await deployed()).toBe('weights 0');
    expect(await readFile(victim, 'utf8')).toBe('precious');
    await rm(join(root, 'deploy'), { recursive: true });
    await mkdir(join(root, 'deploy'));
    await symlink(outside, join(root, 'deploy', name));
    await expect(deploy(registry, request())).rejects.toMatchObject({ code: 'TARGET_NOT_FOLDER' });
    expect(await readdir(outside)).toEqual(['victim.txt']);
  });

  it('removes no folder that only has a name like ours', async () => {
    const mine = join(root, 'deploy', '.fraud-0123456789abcdef');
    await mkdir(mine, { recursive: true });
    await writeFile(join(mine, 'notes.txt'), 'mine');
    await deploy(registry, request());
    await promote(2);
    await deploy(registry, request());
    expect(await readdir(mine)).toEqual(['notes.txt']);
  });
});
