import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { onWindows } from '../on-windows.ts';
import { makePlace, type Place, registerVersions } from '../registry/opened.ts';
import { bundled } from './bundle.ts';
import { type Restriction, runRestricted, type Step } from './restriction.ts';

// Every process takes a while to start on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let programs: Awaited<ReturnType<typeof bundled>>;
beforeAll(async () => {
  programs = await bundled('restricted-worker');
});
afterAll(() => programs.dispose());

/** A registry with two versions, of which the first is in production and was pulled, and a file to register. */
async function placeWithVersions(sizeBytes = 1000): Promise<Place> {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, 2);
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  await registry.close();
  await place.write('work/new.bin', 'x'.repeat(sizeBytes));
  return place;
}

function run(place: Place, options: Partial<Restriction> & Pick<Restriction, 'steps'>, limit?: string) {
  const { dir, registryDir } = place;
  const restriction = { registryDir, stateDir: join(dir, 'state'), workDir: join(dir, 'work'), ...options };
  return runRestricted(programs.fileOf('restricted-worker'), restriction, limit);
}

async function logOf(place: Place): Promise<readonly string[]> {
  return readdir(join(place.registryDir, 'log'));
}

async function expectSound(place: Place): Promise<void> {
  const registry = await place.open();
  expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
  await registry.note({ ref: 'fraud@1', text: 'It works again.' });
}

const READING: readonly Step[] = ['list', 'log', 'verify', 'pull'];
const WRITING: readonly Step[] = ['register', 'promote', 'note', 'alias', 'path', 'init'];

describe.skipIf(onWindows('its file system has no such permissions'))('a registry that this user can only read', () => {
  it('answers every question, and refuses every change with the reason', async () => {
    const place = await placeWithVersions();
    await mkdir(join(place.dir, 'work'), { recursive: true });
    for (const open of [place.dir, join(place.dir, 'work')]) await chmod(open, 0o777);
    await setWritable(place, false);
    const before = await place.files();
    const { outcomes, closing } = await run(place, {
      isNobody: process.getuid?.() === 0,
      steps: [...READING, ...WRITING],
    });
    await setWritable(place, true);
    expect(closing.code).toBe('done');
    expect(outcomes.slice(0, READING.length).map(({ code }) => code)).toEqual(READING.map(() => 'done'));
    for (const { code, message } of outcomes.slice(READING.length)) {
      expect(code, message).toBe('STORAGE_READONLY');
      expect(message).toMatch(/can't be written: E\w+\. Check the permissions/);
    }
    expect(await place.files()).toEqual(before);
    await rm(join(place.registryDir, 'inner'), { recursive: true, force: true });
    await expectSound(place);
  });
});

async function setWritable(place: Place, isWritable: boolean): Promise<void> {
  const entries = await readdir(place.registryDir, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  for (const folder of [place.registryDir, ...folders]) await chmod(folder, isWritable ? 0o755 : 0o555);
}

describe.skipIf(onWindows('it has no such limit'))('a process that can open no more files', () => {
  it('says so, changes nothing it says it did not, and goes on afterwards', async () => {
    const place = await placeWithVersions();
    const seen = new Set<string>();
    for (const freeHandles of [0, 1, 2, 4]) {
      for (const isAtOnce of [false, true]) {
        const before = (await logOf(place)).length;
        const steps: readonly Step[] = ['note', 'register', 'alias', 'note', 'list', 'pull'];
        // What would be refused for another reason the second time is made new.
        await writeFile(join(place.dir, 'work/new.bin'), `${freeHandles} ${isAtOnce}`);
        const { outcomes } = await run(place, { steps: [...steps], isAtOnce, freeHandles }, 'ulimit -n 64');
        for (const { code, message } of outcomes) {
          seen.add(code);
          if (code !== 'done') expect(message, code).toMatch(/too many files are open|EMFILE/i);
        }
        const written = outcomes.filter(({ code }, index) => code === 'done' && index < 4).length;
        expect((await logOf(place)).length - before, JSON.stringify(outcomes)).toBe(written);
      }
    }
    expect(seen.size).toBeGreaterThan(1);
    expect([...seen]).not.toContain('UNEXPLAINED');
    await expectSound(place);
  });
});

describe.skipIf(onWindows('it has no such limit'))('a limit on the size of files', () => {
  it('refuses what is larger, and nothing else', async () => {
    const place = await placeWithVersions(300_000);
    const before = await logOf(place);
    const { outcomes, closing } = await run(place, { steps: ['register', 'promote', 'verify'] }, 'ulimit -f 100');
    expect(outcomes.map(({ code }) => code)).toEqual(['STORAGE_FAILED', 'done', 'done']);
    expect(outcomes[0]?.message).toContain('larger than the file system or a limit of this process allows');
    expect(closing.code).toBe('done');
    expect((await logOf(place)).length).toBe(before.length + 1);
    expect(await readdir(join(place.registryDir, 'staging'))).toEqual([]);
    await expectSound(place);
  });
});
