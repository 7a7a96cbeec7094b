import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { ownPlace, startOf } from '../../../src/storage/process-alive.ts';
import { makePlace, type Place, registerVersions } from '../opened.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Six versions of 9 bytes: 1 was in production, 2 is, 3 has an alias; 4 and 5 are candidates, 6 is the newest. */
async function six(place: Place, registry: Registry): Promise<void> {
  await registerVersions(place, registry, 6);
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
  await registry.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@3' });
}

async function objectsOf(place: Place): Promise<number> {
  return [...(await place.files()).keys()].filter((key) => key.startsWith('objects/')).length;
}

describe('freeing space', () => {
  it('frees nothing but leftovers while nobody set a budget', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    const before = await place.files();
    expect((await registry.gc()).freed).toEqual({ objects: 0, bytes: 0 });
    expect(await place.files()).toEqual(before);
  });

  it('says for everything why it stays, and changes nothing, when asked what it would do', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    const before = await place.files();
    const report = await registry.gc({ dryRun: true, retention: { candidateBudgetBytes: 9 } });
    expect(await place.files()).toEqual(before);
    expect(report.artifacts.flatMap(({ versions }) => versions)).toEqual([
      { version: 'fraud@6', reasons: ['newest'] },
      { version: 'fraud@5', reasons: ['budget'] },
      { version: 'fraud@4', reasons: [] },
      { version: 'fraud@3', reasons: ['alias'] },
      { version: 'fraud@2', reasons: ['stage'] },
      { version: 'fraud@1', reasons: ['rollback', 'window'] },
    ]);
    expect(report.freed).toEqual({ objects: 1, bytes: 9 });
    expect(report.objects).toHaveLength(6);
    expect(report.objects.filter(({ reasons }) => reasons.length === 0)).toHaveLength(1);
    const champion = report.artifacts.find(({ versions }) => versions.some(({ version }) => version === 'fraud@3'));
    expect(report.objects.find(({ keptBy }) => keptBy.includes(champion?.digest ?? ''))?.reasons).toEqual(['alias']);
  });

  it('removes the marks of registrations and of other gc that were killed, though nothing else is to be freed', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    const marks = [
      ['intakes/killed.json', { pid: dead.pid, ...ownPlace() }],
      ['removals/killed.json', { pid: dead.pid, ...ownPlace() }],
      // One of this machine that is at it, and one of another, which may be.
      ['intakes/alive.json', { pid: process.pid, ...ownPlace(), start: startOf(process.pid) }],
      ['intakes/elsewhere.json', { pid: dead.pid, host: 'another', space: '' }],
    ] as const;
    for (const [name, mark] of marks) {
      await mkdir(join(place.registryDir, dirname(name)), { recursive: true });
      await writeFile(join(place.registryDir, name), JSON.stringify(mark));
    }
    expect((await registry.gc({ dryRun: true })).leftovers.freed.files).toBe(2);
    expect((await registry.gc()).leftovers.freed.files).toBe(2);
    expect((await readdir(join(place.registryDir, 'intakes'))).toSorted()).toEqual(['alive.json', 'elsewhere.json']);
    expect(await readdir(join(place.registryDir, 'removals'))).toEqual([]);
    const dayAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(join(place.registryDir, 'intakes/elsewhere.json'), dayAgo, dayAgo);
    expect((await registry.gc()).leftovers.freed.files).toBe(1);
    expect(await readdir(join(place.registryDir, 'intakes'))).toEqual(['alive.json']);
  });

  it('tells of what a killed registration left unfinished, frees it, and leaves what is being written', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    const killed = spawn(process.execPath, [
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      '--input-type=module',
      '--eval',
      `const { filesystemStore } = await import(process.argv[1]);
       const staged = await filesystemStore(process.argv[2]).stage();
       await staged.write(new Uint8Array(5000));
       console.log('written');
       setInterval(() => undefined, 1000);`,
      new URL('../../../src/storage/filesystem-store.ts', import.meta.url).href,
      place.registryDir,
    ]);
    await once(killed.stdout, 'data');
    const none = { files: 0, bytes: 0 };
    const left = { files: 1, bytes: 5000 };
    expect((await registry.gc({ dryRun: true })).leftovers).toEqual({ freed: none, kept: left });
    expect((await registry.gc()).leftovers).toEqual({ freed: none, kept: left });
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect((await registry.gc({ dryRun: true })).leftovers).toEqual({ freed: left, kept: none });
    expect((await registry.gc()).leftovers).toEqual({ freed: left, kept: none });
    expect((await registry.gc()).leftovers).toEqual({ freed: none, kept: none });
    expect(await readdir(join(place.registryDir, 'staging'))).toEqual([]);
  });

  it('frees the catalogs of older versions of the program that are in use no more', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    const weeks = (count: number) => new Date(Date.now() - count * 7 * DAY_MS);
    for (const [name, weeksAgo] of [
      ['catalog-1.sqlite', 2],
      ['catalog-2.sqlite', 0],
      ['catalog-999.sqlite', 2],
    ] as const) {
      await writeFile(join(place.registryDir, name), 'old');
      await utimes(join(place.registryDir, name), weeks(weeksAgo), weeks(weeksAgo));
    }
    const counted = { freed: { files: 1, bytes: 3 }, kept: { files: 1, bytes: 3 } };
    expect((await registry.gc({ dryRun: true })).leftovers).toEqual(counted);
    expect((await registry.gc()).leftovers).toEqual(counted);
    const names = await readdir(place.registryDir);
    expect(names).not.toContain('catalog-1.sqlite');
    expect(names).toContain('catalog-999.sqlite');
  });

  it('removes what nothing keeps, keeps what is known of it, and says so', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    await registry.setRetention({ candidateBudgetBytes: 0 });
    expect((await registry.gc()).freed).toEqual({ objects: 2, bytes: 18 });
    expect(await objectsOf(place)).toBe(4);
    expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
    const version = await registry.show({ ref: 'fraud@4' });
    expect(version.metrics).toEqual({ auc: 0.93 });
    expect(version.artifact.withdrawnAt).toBeDefined();
    for (const refused of [
      registry.pull({ ref: 'fraud@4', to: join(place.dir, 'to') }),
      registry.path({ ref: 'fraud@4' }),
      registry.promote({ ref: 'fraud@4', stage: 'staging', reason: 'x' }),
    ]) {
      await expect(refused).rejects.toMatchObject({
        code: 'ARTIFACT_WITHDRAWN',
        message: expect.stringContaining('Register the same files again'),
      });
    }
    expect((await registry.gc()).freed.objects).toBe(0);
    await registry.rollback({ model: 'fraud', reason: 'back' });
  });

  it('brings files back when they are registered again', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    await registry.setRetention({ candidateBudgetBytes: 0 });
    await registry.gc();
    const file = await place.write('out/model.bin', 'weights 3');
    await registry.register({ model: 'fraud', paths: [file], params: { again: 'yes' } });
    expect((await registry.show({ ref: 'fraud@4' })).artifact.withdrawnAt).toBeUndefined();
    await registry.promote({ ref: 'fraud@4', stage: 'staging', reason: 'it is back' });
    expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
  });

  it('frees what only deleted versions had, and what a registration left that never ended', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    await registry.deleteVersion({ ref: 'fraud@5', reason: 'a mistake' });
    await mkdir(join(place.registryDir, 'objects/sha256/ab'), { recursive: true });
    await writeFile(join(place.registryDir, 'objects/sha256/ab', `ab${'0'.repeat(62)}`), 'left');
    expect((await registry.gc()).freed).toEqual({ objects: 2, bytes: 13 });
    expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
  });

  it('lets go of what served longer ago than the window', async () => {
    const place = await makePlace();
    let now = Date.parse('2026-01-01T00:00:00Z');
    const registry = await place.open({ clock: () => now });
    await six(place, registry);
    await registry.promote({ ref: 'fraud@6', stage: 'production', reason: 'third' });
    await registry.setRetention({ candidateBudgetBytes: 0, rollbackWindowDays: 30 });
    now += 29 * DAY_MS;
    await registry.gc();
    expect((await registry.show({ ref: 'fraud@1' })).artifact.withdrawnAt).toBeUndefined();
    now += 2 * DAY_MS;
    await registry.gc();
    expect((await registry.show({ ref: 'fraud@1' })).artifact.withdrawnAt).toBeDefined();
    expect((await registry.show({ ref: 'fraud@2' })).artifact.withdrawnAt).toBeUndefined();
    await expect(registry.rollback({ model: 'fraud', to: 1, reason: 'too late' })).rejects.toMatchObject({
      code: 'ARTIFACT_WITHDRAWN',
    });
  });

  it('frees nothing where it can not tell what an artifact needs', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    await registry.setRetention({ candidateBudgetBytes: 0 });
    const { artifact } = await registry.show({ ref: 'fraud@2' });
    const manifest = join(place.registryDir, 'manifests/sha256', artifact.digest.slice(0, 2), artifact.digest);
    await writeFile(manifest, '{}');
    const before = await objectsOf(place);
    await expect(registry.gc()).rejects.toMatchObject({ code: 'MANIFEST_DAMAGED' });
    expect(await objectsOf(place)).toBe(before);
  });
});

describe('freeing space beside others', () => {
  it('leaves everything alone while somebody stores files, and goes on when they died', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    await registry.setRetention({ candidateBudgetBytes: 0 });
    const folder = join(place.registryDir, 'intakes');
    await mkdir(folder, { recursive: true });
    const lease = join(folder, 'of-another.json');
    await writeFile(lease, JSON.stringify({ pid: process.pid, host: hostname() }));
    await expect(registry.gc()).rejects.toMatchObject({
      code: 'SPACE_BUSY',
      message: expect.stringContaining(String(process.pid)),
    });
    expect(await objectsOf(place)).toBe(6);
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((done) => dead.once('exit', done));
    await writeFile(lease, JSON.stringify({ pid: dead.pid, host: hostname() }));
    await writeFile(
      join(place.registryDir, 'removals', 'of-another.json'),
      JSON.stringify({ pid: dead.pid, host: hostname() }),
    );
    expect((await registry.gc()).freed.objects).toBe(2);
    expect(await readdir(folder)).toEqual([]);
    expect(await readdir(join(place.registryDir, 'removals'))).toEqual([]);
  });

  it('takes what belongs to nothing yet for that of a registration under way, when asked what it would do', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    await registry.deleteVersion({ ref: 'fraud@5', reason: 'a mistake' });
    await mkdir(join(place.registryDir, 'objects/sha256/ab'), { recursive: true });
    const key = `objects/sha256/ab/ab${'0'.repeat(62)}`;
    await writeFile(join(place.registryDir, key), 'so far');
    await mkdir(join(place.registryDir, 'intakes'), { recursive: true });
    const lease = join(place.registryDir, 'intakes', 'of-another.json');
    await writeFile(lease, JSON.stringify({ pid: process.pid, host: hostname() }));
    const during = await registry.gc({ dryRun: true });
    expect(during.storing).toEqual({ pid: process.pid, host: hostname() });
    expect(during.objects.find((object) => object.key === key)?.reasons).toEqual(['pending']);
    expect(during.freed).toEqual({ objects: 1, bytes: 9 });
    await rm(lease);
    const after = await registry.gc({ dryRun: true });
    expect(after.storing).toBeUndefined();
    expect(after.freed).toEqual({ objects: 2, bytes: 15 });
  });

  it('makes a registration wait, and never takes what it stores', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await six(place, registry);
    await mkdir(join(place.registryDir, 'removals'));
    const lock = join(place.registryDir, 'removals', 'of-another.json');
    await writeFile(lock, JSON.stringify({ pid: process.pid, host: hostname() }));
    const steps: string[] = [];
    const file = await place.write('out/model.bin', 'weights 9');
    const registering = registry.register(
      { model: 'fraud', paths: [file] },
      { onProgress: ({ step }) => steps.push(step) },
    );
    while (!steps.includes('Waiting until space is freed')) await delay(10);
    expect((await registry.listVersions({ model: 'fraud' })).items).toHaveLength(6);
    await rm(lock);
    expect((await registering).version.number).toBe(7);
  });

  it('lets go of a registration that waits when that is cancelled', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await mkdir(join(place.registryDir, 'removals'));
    await writeFile(
      join(place.registryDir, 'removals', 'of-another.json'),
      JSON.stringify({ pid: process.pid, host: hostname() }),
    );
    const cancel = new AbortController();
    const onProgress = ({ step }: { readonly step: string }) => {
      if (step === 'Waiting until space is freed') cancel.abort();
    };
    const paths = [await place.write('out/model.bin', 'weights')];
    await expect(
      registry.register({ model: 'fraud', paths }, { onProgress, signal: cancel.signal }),
    ).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(await readdir(join(place.registryDir, 'intakes'))).toEqual([]);
  });

  it('loses nothing of what is registered at the same time, again and again', async () => {
    const place = await makePlace();
    const [freeing, registering] = [await place.open(), await place.open()];
    await freeing.setRetention({ candidateBudgetBytes: 0 });
    let isDone = false;
    const register = async () => {
      // The same few bytes come back all the time, so that what is freed is wanted again.
      for (let round = 0; round < 40; round += 1) {
        const file = await place.write('out/model.bin', `weights ${round % 4}`);
        await registering.register({ model: `m${round % 2}`, paths: [file], params: { round: String(round) } });
      }
      isDone = true;
    };
    const free = async () => {
      while (!isDone) {
        await freeing.gc().catch((error: unknown) => expect(error).toMatchObject({ code: 'SPACE_BUSY' }));
        await delay(1);
      }
    };
    await Promise.all([register(), free()]);
    await freeing.gc();
    const report = await freeing.verify({ artifacts: true });
    expect(report.problems).toEqual([]);
    for (const model of ['m0', 'm1']) {
      const [newest] = (await freeing.listVersions({ model, limit: 1 })).items;
      expect(newest?.artifact.withdrawnAt).toBeUndefined();
      await freeing.pull({ ref: `${model}@${newest?.number}`, to: join(place.dir, model) });
      expect(await readFile(join(place.dir, model, 'model.bin'), 'utf8')).toMatch(/^weights \d$/);
    }
  });
});

describe('the retention rule', () => {
  it('is refused where it makes no sense, and kept beside what else is configured', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const config = join(place.registryDir, 'config.json');
    await writeFile(config, '{"other": 1}');
    expect(await registry.retention()).toEqual({ rollbackWindowDays: 90, isChosen: false });
    await expect(registry.setRetention({ candidateBudgetBytes: -1 })).rejects.toMatchObject({
      code: 'RETENTION_INVALID',
    });
    await registry.setRetention({ candidateBudgetBytes: 5, rollbackWindowDays: 7 });
    expect(JSON.parse(await readFile(config, 'utf8'))).toEqual({
      other: 1,
      retention: { candidateBudgetBytes: 5, rollbackWindowDays: 7 },
    });
    expect(await registry.setRetention({ candidateBudgetBytes: null })).toEqual({
      rollbackWindowDays: 7,
      isChosen: true,
    });
  });

  it.each(['[', '{"retention": {"candidateBudgetBytes": "much"}}', '{"retention": {"unknown": 1}}'])(
    'stops everything that would free space where the file says %s',
    async (text) => {
      const place = await makePlace();
      const registry = await place.open();
      await writeFile(join(place.registryDir, 'config.json'), text);
      await expect(registry.gc()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    },
  );
});

it('tells what takes space', async () => {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, 2);
  const use = await registry.diskUse();
  expect(use.parts.find(({ name }) => name === 'objects')).toEqual({ name: 'objects', files: 2, bytes: 18 });
  expect(use.totalBytes).toBe(use.parts.reduce((sum, { bytes }) => sum + bytes, 0));
});
