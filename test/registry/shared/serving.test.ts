import { describe, expect, it } from 'vitest';
import type { Registry } from '../../../src/registry/api/registry.ts';
import type { ServingReport } from '../../../src/registry/api/serving.ts';
import { machine, registerFraud, sharedStorage } from './machines.ts';

const HOUR_MS = 60 * 60 * 1000;

/** A team with two versions, the first in production, at a time that the test sets. */
async function team() {
  const time = { now: Date.parse('2026-11-23T12:00:00Z') };
  const clock = () => time.now;
  const storage = sharedStorage(clock);
  const ann = await machine(storage, { clock });
  await ann.attach();
  const registry = await ann.open();
  const one = await registerFraud(ann, registry, 'one');
  const two = await registerFraud(ann, registry, 'two');
  await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
  const says = (name: string, version: typeof one | undefined, rest: Partial<ServingReport> = {}) =>
    registry.reportServing({
      machine: name,
      ref: 'fraud@production',
      place: '/srv/model',
      model: one.modelId,
      ...(version
        ? { serving: { version: version.id, artifact: version.artifact.digest, since: '2026-11-23T11:00:00.000Z' } }
        : {}),
      isStopped: false,
      againAfter: 3600,
      ...rest,
    });
  return { time, storage, ann, registry, one, two, says };
}

const seen = async (registry: Registry) =>
  (await registry.serving()).map(({ machine: name, state, version, isDrift }) => [
    name,
    state,
    version?.number,
    isDrift,
  ]);

describe('what machines report that they serve', () => {
  it('is the newest report of each, beside what they should serve', async () => {
    const { time, registry, one, two, says } = await team();
    await says('a', one);
    time.now += 1000;
    await says('b', one);
    expect(await seen(registry)).toEqual([
      ['b', 'serving', 1, false],
      ['a', 'serving', 1, false],
    ]);
    await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'better' });
    time.now += 1000;
    await says('b', two);
    expect(await registry.serving({ model: 'fraud' })).toMatchObject([
      { machine: 'b', version: { number: 2 }, wanted: { number: 2 }, isDrift: false },
      { machine: 'a', version: { number: 1 }, wanted: { number: 2 }, isDrift: true },
    ]);
  });

  it('tells silence from an end in good order, and what a machine went back from', async () => {
    const { time, registry, one, two, says } = await team();
    await says('quiet', one);
    await says('back', one, { refused: { version: two.id, why: 'its command ended with 1' } });
    await says('ended', one);
    time.now += 1000;
    await says('ended', one, { isStopped: true });
    await says('empty', undefined);
    time.now += 2 * HOUR_MS;
    await says('back', one, { refused: { version: two.id, why: 'its command ended with 1' } });
    const machines = await registry.serving();
    const by = Object.fromEntries(machines.map((one) => [one.machine, one]));
    expect(by.quiet).toMatchObject({ state: 'silent', heardAt: '2026-11-23T12:00:00.000Z' });
    expect(by.ended).toMatchObject({ state: 'stopped' });
    expect(by.back).toMatchObject({ state: 'serving', refused: { number: 2, why: 'its command ended with 1' } });
    expect(by.empty?.version).toBeUndefined();
    expect(by.empty).toMatchObject({ isDrift: true });
  });

  it('costs one request while nothing is new, and a request for each new report', async () => {
    const { time, storage, ann, registry, one, says } = await team();
    for (const name of ['a', 'b', 'c']) await says(name, one);
    await registry.serving();
    let before = storage.stats().requests;
    await registry.serving();
    expect(storage.stats().requests - before).toBe(1);
    time.now += 1000;
    await says('b', one);
    await registry.close();
    const later = await ann.open();
    await later.remote();
    before = storage.stats().requests;
    expect(await later.serving()).toHaveLength(3);
    expect(storage.stats().requests - before).toBe(2);
  });

  it('is known while the storage is away, and found again after days and months', async () => {
    const { time, storage, registry, one, says } = await team();
    await says('a', one);
    await registry.serving();
    storage.isReachable = false;
    await expect(registry.serving()).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(await registry.serving({ isFresh: false })).toMatchObject([{ machine: 'a' }]);
    storage.isReachable = true;
    for (const days of [2, 20, 40]) {
      time.now += days * 24 * HOUR_MS;
      await says(`after ${days}`, one);
      expect((await registry.serving()).map(({ machine: name }) => name)).toContain(`after ${days}`);
    }
    expect(await registry.serving()).toHaveLength(4);
  });

  it('is left out where it isn’t a report, is too large, or comes from the future', async () => {
    const { time, storage, registry, one, says } = await team();
    await says('honest', one);
    const put = (key: string, text: string) => storage.store.putIfAbsent(key, new TextEncoder().encode(text));
    const [real = ''] = await storage.store.list('status/');
    const report = new TextDecoder().decode(await storage.store.get(real));
    const later = String(time.now + 24 * HOUR_MS).padStart(15, '0');
    const name = (digit: string) => digit.repeat(16);
    await put(`status/202611/24/${name('a')}-${later}.json`, report);
    await put(`status/202611/23/${name('b')}-${later}.json`, report);
    const at = String(time.now).padStart(15, '0');
    await put(`status/202611/23/${name('c')}-${at}.json`, 'nonsense');
    await put(`status/202611/23/${name('d')}-${at}.json`, `{"__proto__":{"isStopped":true}}`);
    await put(
      `status/202611/23/${name('e')}-${at}.json`,
      JSON.stringify({ ...JSON.parse(report), more: 'x'.repeat(10_000) }),
    );
    await put(
      `status/202611/23/${name('f')}-${at}.json`,
      JSON.stringify({ ...JSON.parse(report), model: '../../etc' }),
    );
    await put('status/whatever', report);
    expect((await registry.serving()).map(({ machine: said }) => said)).toEqual(['honest']);
    const before = storage.stats().requests;
    await registry.serving();
    expect(storage.stats().requests - before).toBe(1);
  });

  it('is on this disk for a registry of this machine alone', async () => {
    const alone = await machine(sharedStorage());
    const registry = await alone.open();
    const one = await registerFraud(alone, registry, 'one');
    const serving = { version: one.id, artifact: one.artifact.digest, since: one.createdAt };
    const report = { machine: 'here', ref: 'fraud@1', model: one.modelId, serving, isStopped: false, againAfter: 60 };
    await registry.reportServing({ ...report, place: '/srv' });
    expect(await registry.serving({ isFresh: false })).toMatchObject([{ machine: 'here', isDrift: false }]);
  });
});
