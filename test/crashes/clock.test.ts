import { describe, expect, it } from 'vitest';
import { makePlace, registerVersions } from '../registry/opened.ts';
import { readLogOnDisk } from './log-on-disk.ts';

const HOUR_MS = 60 * 60 * 1000;
const NOON = Date.parse('2026-05-03T12:00:00.000Z');

describe('a clock that is set back', () => {
  it('takes no commit back in time, and says beside it what it claimed', async () => {
    const place = await makePlace();
    let now = NOON;
    const registry = await place.open({ clock: () => now });
    await registerVersions(place, registry, 2);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    now = NOON - 365 * 24 * HOUR_MS;
    await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
    now = NOON - HOUR_MS;
    await registry.rollback({ model: 'fraud', reason: 'complaints' });
    now = NOON + HOUR_MS;
    await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'fixed' });

    const { items } = await registry.log({ limit: 10 });
    expect(items.map(({ seq }) => seq)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(items.slice(0, 4).map(({ at }) => Date.parse(at) - NOON)).toEqual([HOUR_MS, 0, 0, 0]);
    expect(items[1]?.askedAt).toBe(new Date(NOON - HOUR_MS).toISOString());
    expect((await registry.production()).map(({ version }) => version.number)).toEqual([2]);
    expect((await registry.verify()).problems).toEqual([]);
    expect((await readLogOnDisk(place.registryDir)).head).toBe(6);
  });

  it('makes nobody wait, also between people whose clocks are hours apart', async () => {
    const place = await makePlace();
    let now = NOON;
    const ann = await place.open({ clock: () => now });
    const bob = await place.open({ clock: () => NOON - 5 * HOUR_MS });
    await registerVersions(place, ann, 1);
    const begin = performance.now();
    for (let index = 0; index < 5; index += 1) {
      await bob.note({ ref: 'fraud@1', text: `bob ${index}` });
      await ann.note({ ref: 'fraud@1', text: `ann ${index}` });
      now -= HOUR_MS;
    }
    expect(performance.now() - begin).toBeLessThan(30_000);
    expect((await readLogOnDisk(place.registryDir)).head).toBe(11);
    expect((await bob.verify()).problems).toEqual([]);
  });
});
