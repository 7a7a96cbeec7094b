import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Registry } from '../../src/registry/api/registry.ts';
import { initRegistry } from '../../src/registry/open.ts';
import { openIn, placesIn } from './check.ts';
import { smallDisk } from './small-disk.ts';

async function placeOnSmallDisk() {
  const disk = await smallDisk();
  const places = placesIn(disk.dir);
  await initRegistry({ dir: places.registryDir });
  const registry = await openIn(places);
  for (const name of ['one', 'two']) {
    await writeFile(join(disk.dir, 'model.bin'), name.repeat(1000));
    await registry.register({ model: 'fraud', paths: [join(disk.dir, 'model.bin')] });
  }
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  return { disk, places, registry };
}

const head = async (registry: Registry) => (await registry.verify({ artifacts: true })).head.seq;

describe('a full disk', () => {
  it('refuses each change with the reason, changes nothing, and still answers', async () => {
    const { disk, places, registry } = await placeOnSmallDisk();
    const to = join(places.pullsDir, 'fraud');
    await registry.pull({ ref: 'fraud@1', to });
    const model = join(disk.dir, 'model.bin');
    await writeFile(model, 'three');
    const makeRoom = await disk.fill();

    const full = { code: 'STORAGE_FULL', message: expect.stringContaining('Free some and try again.') };
    await expect(registry.register({ model: 'fraud', paths: [model] })).rejects.toMatchObject(full);
    await expect(registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'x' })).rejects.toMatchObject(full);
    await expect(registry.rollback({ model: 'fraud', reason: 'x' })).rejects.toMatchObject({
      code: 'NOTHING_TO_ROLL_BACK',
    });
    await expect(registry.note({ ref: 'fraud@1', text: 'x' })).rejects.toMatchObject(full);
    await expect(registry.path({ ref: 'fraud@2' })).rejects.toMatchObject(full);
    await expect(registry.pull({ ref: 'fraud@2', to })).rejects.toMatchObject({ code: 'TARGET_FULL' });
    await expect(initRegistry({ dir: join(disk.dir, 'other') })).rejects.toMatchObject(full);

    expect(await readFile(join(to, 'model.bin'), 'utf8')).toBe('one'.repeat(1000));
    expect(await readdir(places.pullsDir)).toEqual(['fraud']);
    expect(await readdir(join(places.registryDir, 'staging'))).toEqual([]);
    expect((await registry.production()).map(({ version }) => version.number)).toEqual([1]);
    await registry.close();
    const again = await openIn(places);
    expect((await again.listVersions()).items).toHaveLength(2);
    expect(await head(again)).toBe(3);

    await makeRoom();
    await again.promote({ ref: 'fraud@2', stage: 'production', reason: 'There is room.' });
    expect((await again.register({ model: 'fraud', paths: [model] })).version.number).toBe(3);
    await again.pull({ ref: 'fraud@2', to });
    expect(await head(again)).toBe(5);
    await again.close();
  });

  it('is made room on by gc, which gives up what can be made again', async () => {
    const { disk, places, registry } = await placeOnSmallDisk();
    await writeFile(join(disk.dir, 'model.bin'), 'three'.repeat(10_000));
    await registry.register({ model: 'fraud', paths: [join(disk.dir, 'model.bin')] });
    await registry.path({ ref: 'fraud@3' });
    const checkout = join(places.registryDir, 'checkouts');
    expect(await readdir(checkout)).toHaveLength(1);
    await disk.fill();
    const retention = { candidateBudgetBytes: 0 };
    await expect(registry.setRetention(retention)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    if (disk.isReal) expect((await registry.gc({ retention })).freed).toEqual({ objects: 1, bytes: 3000 });
    else await expect(registry.gc({ retention })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(await readdir(places.registryDir)).not.toContain('checkouts');
    const { problems } = await registry.verify({ artifacts: true });
    expect(problems).toEqual([]);
    await registry.close();
  });

  it('that a model does not fit on takes smaller ones', async () => {
    const { disk, places, registry } = await placeOnSmallDisk();
    await expect(registry.register({ model: 'fraud', paths: [process.execPath] })).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    });
    expect(await readdir(join(places.registryDir, 'staging'))).toEqual([]);
    await writeFile(join(disk.dir, 'model.bin'), 'three');
    expect((await registry.register({ model: 'fraud', paths: [join(disk.dir, 'model.bin')] })).version.number).toBe(3);
    expect(await head(registry)).toBe(4);
    await registry.close();
  });
});
