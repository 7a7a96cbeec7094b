import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Registry } from '../../src/registry/api/registry.ts';
import { recordedEvents } from '../../src/registry/recorded-events.ts';
import { manifestKey, objectKey } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import { makePlace, type Place, registerVersions } from './opened.ts';
import { machine, registerFraud, sharedStorage } from './shared/machines.ts';

let place: Place;
let registry: Registry;
beforeEach(async () => {
  place = await makePlace();
  registry = await place.open();
  await registerVersions(place, registry, 3);
  for (const number of [1, 2, 3])
    await registry.promote({ ref: `fraud@${number}`, stage: 'production', reason: `version ${number}` });
});

const back = (to?: number) =>
  registry.rollback({ model: 'fraud', reason: 'complaints', ...(to === undefined ? {} : { to }) });
const inProduction = async () => (await registry.production())[0]?.version.number;

/** The only file of a version. */
async function objectOf(number: number): Promise<string> {
  const { files } = await registry.show({ ref: `fraud@${number}` });
  return join(place.registryDir, objectKey(files?.[0]?.sha256 ?? ''));
}

describe('a rollback', () => {
  it('says before when each version was in production, which one leaves, and what else could come back', async () => {
    const plan = await registry.rollbackTarget({ model: 'fraud' });
    expect(plan).toMatchObject({ target: { number: 2 }, current: { number: 3 } });
    expect(plan.others.map(({ number }) => number)).toEqual([2, 1]);
    const [second, first] = plan.others.map(({ id }) => plan.held[id]);
    expect(second?.to).toBe((await registry.show({ ref: 'fraud@3' })).stageSince);
    expect(first?.to).toBe(second?.from);
    expect(plan.held[plan.current?.id ?? '']).not.toHaveProperty('to');
  });

  it('names the versions that were in production where none of them was displaced', async () => {
    for (const number of [3, 2, 1]) {
      if ((await registry.show({ ref: `fraud@${number}` })).stage !== 'production') await back(number);
      await registry.archive({ ref: `fraud@${number}`, reason: 'out' });
    }
    await expect(back()).rejects.toMatchObject({
      code: 'NOTHING_TO_ROLL_BACK',
      message: expect.stringContaining(
        'the last one first: fraud@1, fraud@2, fraud@3. Name one: rollback fraud --to 1.',
      ),
      details: { others: [1, 2, 3] },
    });
    expect(await registry.rollbackTarget({ model: 'fraud', to: 1 })).toMatchObject({ target: { number: 1 } });
    await back(1);
    expect(await inProduction()).toBe(1);
  });

  it('doesn’t say that there was nothing where what was there is deleted', async () => {
    for (const number of [1, 2]) await registry.deleteVersion({ ref: `fraud@${number}`, reason: 'space' });
    await expect(back()).rejects.toMatchObject({
      code: 'NOTHING_TO_ROLL_BACK',
      message: expect.stringContaining('was in production before version 3, or it was deleted'),
    });
  });

  it('reads the bytes first, and goes nowhere where one of them was changed', async () => {
    const object = await objectOf(2);
    const bytes = await readFile(object);
    await rm(object);
    await writeFile(object, Buffer.from(bytes.toString().replace('1', '9')));
    await expect(back()).rejects.toMatchObject({
      code: 'ARTIFACT_DAMAGED',
      message: expect.stringContaining('rollback fraud --to 1'),
    });
    expect(await inProduction()).toBe(3);
    await back(1);
    expect(await inProduction()).toBe(1);
  });

  it('goes nowhere where bytes are gone, and says which version is whole', async () => {
    await rm(await objectOf(2));
    await expect(back()).rejects.toMatchObject({
      code: 'ARTIFACT_ABSENT',
      message: expect.stringContaining('Roll back to version 1 instead'),
    });
    const { artifact } = await registry.show({ ref: 'fraud@2' });
    await rm(join(place.registryDir, manifestKey(artifact.digest)));
    await expect(back()).rejects.toMatchObject({ code: 'ARTIFACT_ABSENT' });
    expect(await inProduction()).toBe(3);
  });

  it('needs a reason', async () => {
    await expect(registry.rollback({ model: 'fraud', reason: ' ' })).rejects.toMatchObject({ code: 'REASON_EMPTY' });
  });

  it('is told, with what else this process recorded, and only that', async () => {
    const told: string[] = [];
    const stop = registry.onDidRecord((recording) =>
      told.push(`${recordedEvents(recording)[0]?.type} ${recording.pending}`),
    );
    const other = await place.open();
    await other.note({ ref: 'fraud@1', text: 'by another process' });
    await back();
    await registry.note({ ref: 'fraud@1', text: 'by this one' });
    stop();
    await back();
    expect(told).toEqual(['stage.changed false', 'version.annotated false']);
  });
});

describe('a rollback in a shared registry', () => {
  it('is recorded without the storage, for files that are here and for those that the storage has', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    await ann.attach();
    const own = await ann.open();
    for (const content of ['one', 'two']) await registerFraud(ann, own, content);
    for (const number of [1, 2]) await own.promote({ ref: `fraud@${number}`, stage: 'production', reason: 'asked' });
    const bob = await machine(storage);
    await bob.attach();
    const theirs = await bob.open();
    await theirs.sync({ withBytes: false });
    storage.isReachable = false;
    const result = await theirs.rollback({ model: 'fraud', reason: 'complaints' });
    expect(result).toMatchObject({ version: { number: 1 }, pending: true });
    expect((await theirs.production())[0]?.version.number).toBe(1);
    const { id } = (await theirs.pending())[0] ?? { id: '' };
    expect(await theirs.outcomeOf(id)).toBe('pending');
    storage.isReachable = true;
    await theirs.sync();
    expect(await theirs.outcomeOf(id)).toBe('applied');
    expect(await theirs.outcomeOf('01M84GD1DENREG1STRY0000000')).toBe('gone');
  });

  it('goes nowhere where neither this machine nor the storage has the files', async () => {
    const lost = new Set<string>();
    const store = memoryStore();
    const storage = sharedStorage(Date.now, {
      ...store,
      head: async (key) => (lost.has(key) ? undefined : store.head(key)),
    });
    const ann = await machine(storage);
    await ann.attach();
    const own = await ann.open();
    for (const content of ['one', 'two']) await registerFraud(ann, own, content);
    for (const number of [1, 2]) await own.promote({ ref: `fraud@${number}`, stage: 'production', reason: 'asked' });
    const bob = await machine(storage);
    await bob.attach();
    const theirs = await bob.open();
    await theirs.sync({ withBytes: false });
    lost.add(manifestKey((await theirs.show({ ref: 'fraud@1' })).artifact.digest));
    await expect(theirs.rollback({ model: 'fraud', reason: 'complaints' })).rejects.toMatchObject({
      code: 'ARTIFACT_ABSENT',
      message: expect.stringContaining('neither on this machine nor in the shared storage'),
    });
    expect((await own.rollback({ model: 'fraud', reason: 'complaints' })).version.number).toBe(1);
  });
});
