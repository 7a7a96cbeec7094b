import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/base/hash.ts';
import { filesystemStore } from '../../../src/storage/filesystem-store.ts';
import { objectKey } from '../../../src/storage/layout.ts';
import { BOB } from '../opened.ts';
import { machine, registerFraud, sharedStorage } from './machines.ts';

const SIZE = 1000;
const weights = (digit: number) => new Uint8Array(SIZE).fill(48 + digit);
const DAY_MS = 24 * 60 * 60 * 1000;

/** A machine that has fetched five versions, one a day, the oldest first; the first is in production. */
async function fetched() {
  const storage = sharedStorage();
  const ann = await machine(storage);
  await ann.attach();
  const a = await ann.open();
  for (let digit = 1; digit <= 5; digit += 1) await registerFraud(ann, a, weights(digit));
  await a.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  const time = { late: -10 * DAY_MS };
  const bob = await machine(storage, { author: BOB, clock: () => Date.now() + time.late });
  await bob.attach();
  const b = await bob.open();
  for (let number = 1; number <= 5; number += 1) {
    await b.pull({ ref: `fraud@${number}`, to: join(bob.dir, `out-${number}`) });
    time.late += DAY_MS;
  }
  time.late = 0;
  const here = async () => {
    const store = filesystemStore(bob.registryDir);
    const numbers: number[] = [];
    for (let digit = 1; digit <= 5; digit += 1)
      if (await store.head(objectKey(sha256Hex(weights(digit))))) numbers.push(digit);
    return numbers;
  };
  return { storage, bob, b, here };
}

describe('the files of a shared registry on this disk', () => {
  it('take no more than the limit: what wasn’t used for longest goes first, what serves last', async () => {
    const { bob, b, here } = await fetched();
    expect(await here()).toEqual([1, 2, 3, 4, 5]);
    await b.pull({ ref: 'fraud@2', to: join(bob.dir, 'again') });
    // As if that had been yesterday.
    const manifest = (await b.show({ ref: 'fraud@2' })).artifact.digest;
    const used = new Date(Date.now() - DAY_MS);
    await utimes(join(bob.registryDir, 'manifests/sha256', manifest.slice(0, 2), manifest), used, used);
    expect(await b.setRetention({ cacheLimitBytes: 3 * SIZE })).toMatchObject({ cacheLimitBytes: 3 * SIZE });
    expect(await here()).toEqual([1, 2, 5]);
    expect(await b.verify({ artifacts: true })).toMatchObject({ problems: [] });
    await b.setRetention({ cacheLimitBytes: 0 });
    expect(await here()).toEqual([]);
    const manifests = await readdir(join(bob.registryDir, 'manifests'), { recursive: true });
    expect(manifests.filter((name) => name.length > 20)).toEqual([]);
  });

  it('come back when they are needed, and make room for each other', async () => {
    const { bob, b, here } = await fetched();
    await b.setRetention({ cacheLimitBytes: 2 * SIZE });
    expect(await here()).toEqual([1, 5]);
    expect(await b.pull({ ref: 'fraud@3', to: join(bob.dir, 'three') })).toMatchObject({ fileCount: 1 });
    expect(await here()).toEqual([1, 3]);
    expect((await b.path({ ref: 'fraud@4' })).path).toContain('checkouts');
    // Both were used this minute, and the checkout takes room, too.
    expect(await here()).toEqual([3, 4]);
  });

  it('stay where the shared storage doesn’t have them', async () => {
    const { storage, bob, b, here } = await fetched();
    storage.isReachable = false;
    await registerFraud(bob, b, new Uint8Array(SIZE).fill(65));
    await b.setRetention({ cacheLimitBytes: 0 });
    expect(await here()).toEqual([]);
    expect(
      await b.pull({
        ref: `fraud@${(await b.listVersions()).items[0]?.artifact.digest.slice(0, 12)}`,
        to: join(bob.dir, 'mine'),
      }),
    ).toMatchObject({ fileCount: 1 });
    storage.isReachable = true;
    await b.sync();
    expect(await b.gc()).toMatchObject({ retention: { cacheLimitBytes: 0 } });
  });
});
