import { readdirSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { makePlace, type Place, registerVersions } from '../opened.ts';

/** Versions of one object each, of which the newest alone is to stay. */
async function candidates(place: Place, registry: Registry, count: number): Promise<void> {
  await registerVersions(place, registry, count);
  await registry.setRetention({ candidateBudgetBytes: 0 });
}

async function withdrawn(registry: Registry): Promise<readonly number[]> {
  const { items } = await registry.listVersions({ model: 'fraud', limit: 100 });
  return items.filter(({ artifact }) => artifact.withdrawnAt !== undefined).map(({ number }) => number);
}

describe('freeing space that is interrupted', () => {
  it('leaves every version as it was where it is cancelled after files were declared to be gone', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await candidates(place, registry, 4);
    const before = (await place.files()).size;
    const log = join(place.registryDir, 'log');
    const commits = readdirSync(log).length;
    const cancel = new AbortController();
    const onProgress = () => {
      if (readdirSync(log).length > commits) cancel.abort();
    };
    await expect(registry.gc({}, { onProgress, signal: cancel.signal })).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
    expect(await withdrawn(registry)).toEqual([]);
    // Two commits: gone, and there again.
    expect((await place.files()).size).toBe(before + 2);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'it is still there' });
    expect((await registry.verify({ artifacts: true })).problems).toEqual([]);
  });

  it('removes the checkouts that a process which was killed left', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await candidates(place, registry, 3);
    const { artifact } = await registry.show({ ref: 'fraud@1' });
    await registry.path({ ref: 'fraud@3' });
    await registry.gc();
    const checkouts = join(place.registryDir, 'checkouts');
    // Killed after the objects went and before the checkout did.
    await mkdir(join(checkouts, artifact.digest), { recursive: true });
    await writeFile(join(checkouts, artifact.digest, 'model.bin'), 'weights 0');
    await registry.gc();
    expect(await readdir(checkouts)).toEqual([(await registry.show({ ref: 'fraud@3' })).artifact.digest]);
  });
});
