import { existsSync } from 'node:fs';
import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initRegistry } from '../../src/registry/open.ts';
import { makePlace } from './opened.ts';

async function opened() {
  const place = await makePlace();
  const registry = await place.open();
  await writeFile(join(place.dir, 'model.bin'), 'weights');
  const register = () => registry.register({ model: 'churn', paths: [join(place.dir, 'model.bin')] });
  await register();
  return { place, registry, register };
}

const gone = { code: 'REGISTRY_GONE', message: expect.stringContaining('backup') };

describe('a registry whose folder is removed while it is open', () => {
  it('answers nothing and records nothing any more, and leaves nothing behind', async () => {
    const { place, registry, register } = await opened();
    await rm(place.registryDir, { recursive: true });
    await expect(registry.production()).rejects.toMatchObject(gone);
    await expect(register()).rejects.toMatchObject(gone);
    await expect(registry.promote({ ref: 'churn@1', stage: 'production', reason: 'x' })).rejects.toMatchObject(gone);
    await registry.close();
    expect(existsSync(place.registryDir)).toBe(false);
  });

  it('works on once it is there again', async () => {
    const { place, registry } = await opened();
    const aside = `${place.registryDir}-aside`;
    await rename(place.registryDir, aside);
    await expect(registry.rebuild()).rejects.toMatchObject(gone);
    await cp(aside, place.registryDir, { recursive: true });
    await registry.promote({ ref: 'churn@1', stage: 'production', reason: 'x' });
    expect((await registry.production()).map(({ version }) => version.number)).toEqual([1]);
    await registry.close();
  });

  it('says so where another one came to its place, and writes nothing into that', async () => {
    const { place, registry, register } = await opened();
    await rm(place.registryDir, { recursive: true });
    await initRegistry({ dir: place.registryDir });
    const before = await place.files();
    await expect(registry.listModels()).rejects.toMatchObject({
      code: 'REGISTRY_GONE',
      message: expect.stringContaining('Another registry'),
    });
    await expect(register()).rejects.toMatchObject({ code: 'REGISTRY_GONE' });
    await registry.close();
    expect(await place.files()).toEqual(before);
  });
});
