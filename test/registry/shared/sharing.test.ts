import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/base/hash.ts';
import { newIdSource } from '../../../src/base/ids.ts';
import { encodeCommit } from '../../../src/log/commit.ts';
import { encodeIntent, type Intent } from '../../../src/log/intent.ts';
import { commitKey, objectKey } from '../../../src/storage/layout.ts';
import { memoryStore } from '../../../src/storage/memory-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { ANN, BOB } from '../opened.ts';
import { machine, registerFraud, sharedStorage, URL } from './machines.ts';

async function twoPeople() {
  const storage = sharedStorage();
  const ann = await machine(storage, { author: ANN });
  const bob = await machine(storage, { author: BOB });
  await ann.attach();
  await bob.attach();
  const [a, b] = [await ann.open(), await bob.open()];
  return { storage, ann, bob, a, b };
}

describe('attaching shared storage', () => {
  it('takes over models, versions, stages and aliases, and whoever joins sees the same', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    const own = await ann.open();
    for (const content of ['one', 'two', 'three']) await registerFraud(ann, own, content, content);
    await own.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    await own.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
    await own.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@1' });
    await own.note({ ref: 'fraud@1', text: 'looked at' });
    await own.close();

    const preview = await ann.attach({ isPreview: true });
    expect(preview).toMatchObject({ isNew: true, models: [{ name: 'fraud', versions: 3, withStages: true }] });
    expect(await storage.store.list('')).toEqual([]);

    await ann.attach();
    const shared = await ann.open();
    expect(await shared.remote()).toMatchObject({ url: URL, refused: 0 });
    expect((await shared.sync()).waiting).toEqual([]);
    const bob = await machine(storage, { author: BOB });
    expect(await bob.attach()).toMatchObject({ isNew: false });
    const joined = await bob.open();
    expect((await joined.production())[0]).toMatchObject({ version: { number: 2 }, previous: { number: 1 } });
    expect(await joined.show({ ref: 'fraud@champion' })).toMatchObject({ number: 1, pending: false });
    await joined.rollback({ model: 'fraud', reason: 'complaints' });
    await shared.sync();
    expect(await shared.show({ ref: 'fraud@production' })).toMatchObject({ number: 1, stageBy: BOB });
    const pulled = await joined.pull({ ref: 'fraud@3', to: `${bob.dir}/out` });
    expect(pulled).toMatchObject({ fileCount: 1, sizeBytes: 5 });
  });

  it('keeps the times of before beside those of the shared log, and answers from them what was in production then', async () => {
    const storage = sharedStorage();
    const day = (date: number) => Date.parse(`2026-03-0${date}T09:00:00.000Z`);
    let now = day(1);
    const ann = await machine(storage);
    const own = await ann.open({ clock: () => now });
    await registerFraud(ann, own, 'one');
    now = day(2);
    await own.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    now = day(3);
    await registerFraud(ann, own, 'two');
    now = day(4);
    await own.promote({ ref: 'fraud@2', stage: 'production', reason: 'second' });
    await own.close();
    await ann.attach();
    const shared = await ann.open();
    // Nobody is asked again for what is as old as it is.
    expect(await shared.remote()).toMatchObject({ pending: expect.any(Number), stale: 0 });
    expect((await shared.pending()).filter(({ isStale }) => isStale)).toEqual([]);
    await shared.sync();
    const bob = await machine(storage, { author: BOB });
    await bob.attach();
    const joined = await bob.open();
    expect(await joined.show({ ref: 'fraud@2' })).toMatchObject({
      claimedAt: '2026-03-03T09:00:00.000Z',
      stageClaimedAt: '2026-03-04T09:00:00.000Z',
      createdAt: expect.not.stringContaining('2026-03'),
    });
    const at = (time: string) => joined.at({ time });
    expect(await at('2026-03-01T12:00:00Z')).toMatchObject({ seq: 0, holders: [], beginsAt: expect.any(String) });
    expect((await at('2026-03-03T12:00:00Z')).holders).toMatchObject([
      { model: 'fraud', number: 1, stage: 'production', since: '2026-03-02T09:00:00.000Z', isClaimed: true },
    ]);
    expect((await at('2026-03-05T12:00:00Z')).holders).toMatchObject([
      { number: 2, reason: 'second', isClaimed: true },
    ]);
    const present = await at(new Date().toISOString());
    expect(present).not.toHaveProperty('beginsAt');
    expect(present.holders).toMatchObject([{ number: 2 }]);
    expect(present.holders[0]).not.toHaveProperty('isClaimed');
    // What comes after is nobody's claim, of those versions neither.
    await joined.rollback({ model: 'fraud', reason: 'complaints' });
    expect(await joined.show({ ref: 'fraud@1' })).not.toHaveProperty('stageClaimedAt');
    await registerFraud(bob, joined, 'three');
    expect(await joined.show({ ref: 'fraud@3' })).not.toHaveProperty('claimedAt');
  });

  it('makes the old registry read-only for a window that still has it open', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    const other = await ann.open();
    await registerFraud(ann, other, 'one');
    await ann.attach();
    await expect(registerFraud(ann, other, 'two')).rejects.toMatchObject({ code: 'SEALED' });
    expect(await other.show({ ref: 'fraud@1' })).toMatchObject({ number: 1 });
  });

  it('is finished by the next call where it was interrupted', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    const own = await ann.open();
    await registerFraud(ann, own, 'one');
    await own.close();
    storage.isReachable = false;
    await expect(ann.attach()).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(await (await ann.open()).remote()).toBeUndefined();
    storage.isReachable = true;
    await ann.attach();
    await ann.attach();
    const shared = await ann.open();
    await shared.sync();
    expect((await shared.listVersions({ model: 'fraud' })).items).toHaveLength(1);
  });

  it('joins versions of a model that both had as candidates', async () => {
    const { a, ann, storage } = await twoPeople();
    await registerFraud(ann, a, 'one');
    await a.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' });
    const eve = await machine(storage);
    const own = await eve.open();
    await registerFraud(eve, own, 'mine');
    await own.promote({ ref: 'fraud@1', stage: 'production', reason: 'mine' });
    await own.close();
    expect(await eve.attach()).toMatchObject({ models: [{ name: 'fraud', isThere: true, withStages: false }] });
    const shared = await eve.open();
    await shared.sync();
    expect(await shared.show({ ref: 'fraud@2' })).toMatchObject({ stage: 'candidate' });
    expect(await shared.show({ ref: 'fraud@production' })).toMatchObject({ number: 1 });
  });
});

describe('a shared registry', () => {
  it('goes on offline, and shares what was done when it can', async () => {
    const { storage, ann, a, b } = await twoPeople();
    await registerFraud(ann, a, 'one');
    storage.isReachable = false;
    const draft = await registerFraud(ann, a, 'two');
    expect(draft).toMatchObject({ pending: true });
    expect(await a.show({ ref: `fraud@draft-${draft.id.slice(-6).toLowerCase()}` })).toMatchObject({ id: draft.id });
    const moved = await a.promote({ ref: draft.id, stage: 'production', reason: 'go' });
    expect(moved).toMatchObject({ pending: true });
    expect(await a.show({ ref: draft.id })).toMatchObject({ stage: 'production', stagePending: true });
    await expect(a.sync()).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(await a.remote()).toMatchObject({ pending: 3, failure: { code: 'REMOTE_UNREACHABLE' } });
    storage.isReachable = true;
    expect(await a.sync()).toMatchObject({ sent: 3, waiting: [] });
    await b.sync();
    expect(await b.show({ ref: 'fraud@production' })).toMatchObject({ number: 2, pending: false });
  });

  it('lets one of two promotions win, and shows the other to its author', async () => {
    const { storage, ann, a, b } = await twoPeople();
    for (const content of ['one', 'two', 'three']) await registerFraud(ann, a, content, content);
    await a.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    await b.sync();
    storage.isReachable = false;
    await a.promote({ ref: 'fraud@2', stage: 'production', reason: 'mine' });
    await b.promote({ ref: 'fraud@3', stage: 'production', reason: 'no, mine' });
    storage.isReachable = true;
    await a.sync();
    expect(await b.sync()).toMatchObject({ sent: 0, refused: 1 });
    const [card, ...others] = await b.refused();
    expect(others).toEqual([]);
    expect(card).toMatchObject({
      by: BOB,
      code: 'EXPECTATION',
      theirs: { summary: 'Promoted fraud@2 to production in place of 1', by: ANN, reason: 'mine' },
      wouldApply: true,
    });
    expect(card?.reason).toContain('fraud@2');
    expect(await b.show({ ref: 'fraud@production' })).toMatchObject({ number: 2 });
    await b.resolveRefused({ id: card?.id ?? '', how: 'apply' });
    expect(await b.refused()).toEqual([]);
    await a.sync();
    expect(await a.show({ ref: 'fraud@production' })).toMatchObject({ number: 3, stageBy: BOB });
  });

  it('refuses what was asked of a version that was deleted elsewhere, and an alias that both moved', async () => {
    const { storage, ann, a, b } = await twoPeople();
    for (const content of ['one', 'two', 'three']) await registerFraud(ann, a, content, content);
    await a.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@1' });
    await b.sync();
    storage.isReachable = false;
    await b.promote({ ref: 'fraud@3', stage: 'staging', reason: 'try it' });
    await b.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@2' });
    storage.isReachable = true;
    await a.deleteVersion({ ref: 'fraud@3', reason: 'leak' });
    await a.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@2' });
    expect(await b.sync()).toMatchObject({ refused: 2 });
    const cards = await b.refused();
    expect(cards.map(({ theirs }) => theirs)).toMatchObject([
      { summary: expect.stringContaining('Deleted fraud@3'), by: ANN, reason: 'leak' },
      { summary: expect.stringContaining('champion'), by: ANN },
    ]);
    expect(cards.map(({ wouldApply }) => wouldApply)).toEqual([false, true]);
    for (const { id } of cards) await b.resolveRefused({ id, how: 'drop' });
    expect(await b.remote()).toMatchObject({ pending: 0, refused: 0 });
  });

  it('refuses a promotion that a policy forbids which was set meanwhile, and says whose it is', async () => {
    const { storage, ann, a, b } = await twoPeople();
    const version = await registerFraud(ann, a, 'one');
    await b.sync();
    storage.isReachable = false;
    await b.promote({ ref: 'fraud@1', stage: 'production', reason: 'good enough' });
    storage.isReachable = true;
    const { seq, hash } = await a.head();
    const at = new Date().toISOString();
    const policy = { gates: { production: [{ metric: 'auc', min: 0.99 }] } };
    const intent: Intent = {
      id: newIdSource()(),
      registryId: a.location.registryId,
      by: ANN,
      askedAt: at,
      via: 'cli',
      requires: [],
      expects: {},
      events: [{ type: 'policy.set', model: version.modelId, policy }],
    };
    const commit = encodeCommit({ v: 1, seq: seq + 1, prev: hash, at }, [encodeIntent(intent)]);
    await storage.store.putIfAbsent(commitKey(seq + 1), commit);
    expect(await b.sync()).toMatchObject({ refused: 1 });
    expect(await b.refused()).toMatchObject([
      { code: 'EXPECTATION', theirs: { by: ANN, at, summary: expect.stringContaining('policy') }, wouldApply: false },
    ]);
  });

  it('never has registrations, notes and tags conflict, and numbers versions in the order of the log', async () => {
    const { storage, ann, bob, a, b } = await twoPeople();
    storage.isReachable = false;
    await registerFraud(ann, a, 'of ann');
    await registerFraud(bob, b, 'of bob');
    await registerFraud(bob, b, 'of bob, later');
    storage.isReachable = true;
    await b.sync();
    await a.sync();
    await b.sync();
    const numbers = async (registry: typeof a) =>
      (await registry.listVersions({ model: 'fraud' })).items.map(({ number, createdBy }) => [number, createdBy.name]);
    expect(await numbers(a)).toEqual([
      [3, 'Ann'],
      [2, 'Bob'],
      [1, 'Bob'],
    ]);
    expect(await numbers(b)).toEqual(await numbers(a));
    storage.isReachable = false;
    for (const registry of [a, b]) await registry.note({ ref: 'fraud@1', text: 'seen' });
    await a.tag({ ref: 'fraud@1', set: { a: '1' } });
    await b.tag({ ref: 'fraud@1', set: { b: '2' } });
    storage.isReachable = true;
    expect(await a.sync()).toMatchObject({ refused: 0 });
    expect(await b.sync()).toMatchObject({ refused: 0 });
    expect(await b.show({ ref: 'fraud@1' })).toMatchObject({ tags: { a: '1', b: '2' } });
  });

  it('asks the author again before it shares a change of stage that is old', async () => {
    let late = 0;
    const clock = () => Date.now() + late;
    const storage = sharedStorage(clock);
    const ann = await machine(storage, { clock });
    await ann.attach();
    const a = await ann.open();
    await registerFraud(ann, a, 'one');
    storage.isReachable = false;
    await a.promote({ ref: 'fraud@1', stage: 'production', reason: 'on Friday' });
    storage.isReachable = true;
    late = 3 * 24 * 60 * 60 * 1000;
    expect((await a.sync()).waiting).toMatchObject([{ why: 'stale' }]);
    const [entry] = await a.pending();
    expect(entry).toMatchObject({ isStale: true, reason: 'on Friday' });
    await a.confirm({ id: entry?.id ?? '' });
    expect(await a.sync()).toMatchObject({ sent: 1, waiting: [] });
  });

  it('takes back what waits', async () => {
    const { storage, ann, a, b } = await twoPeople();
    storage.isReachable = false;
    await registerFraud(ann, a, 'one');
    await a.note({ ref: 'fraud', text: 'not this one' });
    const waiting = await a.pending();
    await a.withdraw({ id: waiting.at(-1)?.id ?? '' });
    storage.isReachable = true;
    await a.sync();
    await b.sync();
    expect((await b.show({ ref: 'fraud@1' })).notes).toEqual([]);
    await expect(a.withdraw({ id: waiting.at(-1)?.id ?? '' })).rejects.toMatchObject({ code: 'PENDING_NOT_FOUND' });
  });

  it('costs one request when nothing is new, and five for a small model', async () => {
    const { storage, ann, a } = await twoPeople();
    await registerFraud(ann, a, 'one');
    await a.sync();
    let before = storage.stats().requests;
    await a.sync();
    expect(storage.stats().requests - before).toBe(1);
    before = storage.stats().requests;
    await registerFraud(ann, a, 'two');
    await a.sync();
    // One of them is the last look, for the next registration.
    expect(storage.stats().requests - before).toBeLessThanOrEqual(5);
    await a.close();
    const fresh = await ann.open();
    before = storage.stats().requests;
    await registerFraud(ann, fresh, 'three');
    expect(storage.stats().requests - before).toBeLessThanOrEqual(5);
  });

  it('uploads identical weights once, whoever registers them', async () => {
    const storage = sharedStorage();
    const weights = new Uint8Array(3_000_000).map((_, index) => (index * 7) % 251);
    const people = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const person = await machine(storage, { author: { name: `P${index}`, email: '' } });
        await person.attach();
        return { person, registry: await person.open() };
      }),
    );
    await Promise.all(
      people.map(({ person, registry }, index) => registerFraud(person, registry, weights, `run-${index}`)),
    );
    await Promise.all(people.map(({ registry }) => registry.sync()));
    const [{ registry } = people[0] ?? expect.fail()] = people;
    await registry.sync();
    expect((await registry.listVersions({ model: 'fraud', limit: 20 })).items).toHaveLength(10);
    const sent = storage.puts.filter(({ key }) => key === objectKey(sha256Hex(weights)));
    expect(sent).toHaveLength(1);
  });

  it('keeps files back until a version is promoted where the team wants that', async () => {
    const storage = sharedStorage();
    const ann = await machine(storage);
    await ann.attach({ upload: 'on-promote' });
    const a = await ann.open();
    await registerFraud(ann, a, 'one');
    expect(await a.sync()).toMatchObject({ waiting: [] });
    expect(await storage.store.head(objectKey(sha256Hex('one')))).toBeUndefined();
    const bob = await machine(storage, { author: BOB });
    await bob.attach();
    await expect((await bob.open()).promote({ ref: 'fraud@1', stage: 'staging', reason: 'go' })).rejects.toMatchObject({
      code: 'FILES_NOT_SHARED',
      message: expect.stringContaining('Ann'),
    });
    await a.promote({ ref: 'fraud@1', stage: 'staging', reason: 'go' });
    expect(await storage.store.head(objectKey(sha256Hex('one')))).toMatchObject({ sizeBytes: 3 });
  });
});

describe('space on a machine that shares a registry', () => {
  it('is freed of what others can give back, never of what is nowhere else, and the shared log hears nothing of it', async () => {
    const storage = sharedStorage();
    const [ann, bob] = [await machine(storage), await machine(storage, { author: BOB })];
    await ann.attach({ upload: 'on-promote' });
    const a = await ann.open();
    for (const content of ['one', 'two', 'three']) await registerFraud(ann, a, content);
    await a.promote({ ref: 'fraud@1', stage: 'staging', reason: 'try' });
    await a.archive({ ref: 'fraud@1', reason: 'no' });
    await a.deleteVersion({ ref: 'fraud@3', reason: 'leak' });
    const head = (await storage.store.list('log/')).length;
    const report = await a.gc({ retention: { candidateBudgetBytes: 0, rollbackWindowDays: 0 } });
    // Version 1 is shared, 2 isn't, 3 was deleted.
    expect(
      report.artifacts.flatMap(({ versions, isKept }) => versions.map(({ version }) => [version, isKept])),
    ).toEqual([
      ['fraud@2', true],
      ['fraud@1', false],
    ]);
    expect(report.freed.objects).toBe(2);
    expect((await storage.store.list('log/')).length).toBe(head);
    expect(await a.verify({ artifacts: true })).toMatchObject({ problems: [] });
    expect(await a.pull({ ref: 'fraud@1', to: `${ann.dir}/one` })).toMatchObject({ fileCount: 1 });
    expect(await a.pull({ ref: 'fraud@2', to: `${ann.dir}/two` })).toMatchObject({ fileCount: 1 });
    await bob.attach();
    const b = await bob.open();
    await expect(b.pull({ ref: 'fraud@2', to: `${bob.dir}/two` })).rejects.toMatchObject({ code: 'FILES_NOT_SHARED' });
  });
});

describe('a remote that lies', () => {
  it('is found out when a commit was changed, cut off or lost', async () => {
    const content = new Map<string, Uint8Array>();
    const inner = memoryStore();
    const hidden = new Set<string>();
    const lying: ObjectStore = {
      ...inner,
      get: async (key, maxBytes) =>
        hidden.has(key) ? undefined : (content.get(key) ?? (await inner.get(key, maxBytes))),
      list: async (prefix, options) => (await inner.list(prefix, options)).filter((key) => !hidden.has(key)),
    };
    const storage = sharedStorage(Date.now, lying);
    const ann = await machine(storage);
    await ann.attach();
    const a = await ann.open();
    await registerFraud(ann, a, 'one');
    await a.note({ ref: 'fraud@1', text: 'first' });
    await a.note({ ref: 'fraud@1', text: 'second' });
    const head = (await inner.list('log/')).length;
    await a.close();

    const before = await inner.get(commitKey(head));
    content.set(
      commitKey(head),
      new TextEncoder().encode(new TextDecoder().decode(before).replace('second', 'SECOND')),
    );
    const changed = await ann.open();
    await changed.note({ ref: 'fraud@1', text: 'third' });
    expect(await changed.remote()).toMatchObject({ pending: 1, failure: { code: 'REMOTE_REWRITTEN' } });
    await changed.close();
    content.clear();

    hidden.add(commitKey(head));
    const cut = await ann.open();
    await expect(cut.sync()).rejects.toMatchObject({ code: 'REMOTE_REWRITTEN' });
    await cut.close();
    hidden.clear();

    const prev = sha256Hex('the one that is missing');
    const at = '2027-01-01T00:00:00.000Z';
    const intent = new TextEncoder().encode('{}');
    await inner.putIfAbsent(commitKey(head + 2), encodeCommit({ v: 1, seq: head + 2, prev, at }, [intent]));
    const gap = await ann.open();
    await expect(gap.sync()).rejects.toMatchObject({ code: 'LOG_GAP', details: { missing: head + 1 } });
    expect(await gap.show({ ref: 'fraud@1' })).toMatchObject({ number: 1 });
    expect(await gap.remote()).toMatchObject({ pending: 1 });
  });

  it('can take a number with nonsense without stopping anybody', async () => {
    const { storage, ann, a, b } = await twoPeople();
    await registerFraud(ann, a, 'one');
    const head = (await storage.store.list('log/')).length;
    await storage.store.putIfAbsent(commitKey(head + 1), new Uint8Array(3_000_000).fill(120));
    await registerFraud(ann, a, 'two');
    await b.sync();
    expect(await b.show({ ref: 'fraud@2' })).toMatchObject({ pending: false });
  });

  it('gets no version into production whose bytes it holds are others', async () => {
    const { storage, ann, a } = await twoPeople();
    await storage.store.putIfAbsent(objectKey(sha256Hex('one')), new TextEncoder().encode('eno'));
    await registerFraud(ann, a, 'one');
    await expect(a.sync()).rejects.toMatchObject({ code: 'REMOTE_OBJECT_DAMAGED' });
    const moved = await a.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' });
    expect(moved).toMatchObject({ pending: true });
    // Others go on.
    expect(await registerFraud(ann, a, 'two')).toMatchObject({ number: 2, pending: false });
  });

  it('gives nobody other bytes than those of the digest', async () => {
    const inner = memoryStore();
    let isLying = false;
    const flipped = async function* (bytes: Uint8Array) {
      const copy = bytes.slice();
      copy[0] = (copy[0] ?? 0) ^ 1;
      yield copy;
    };
    const lying: ObjectStore = {
      ...inner,
      getStream: async (key) => {
        const bytes = await inner.get(key);
        return bytes && isLying ? flipped(bytes) : inner.getStream(key);
      },
    };
    const storage = sharedStorage(Date.now, lying);
    const [ann, bob] = [await machine(storage), await machine(storage, { author: BOB })];
    await ann.attach();
    const a = await ann.open();
    await registerFraud(ann, a, 'one');
    await bob.attach();
    const b = await bob.open();
    isLying = true;
    const to = `${bob.dir}/out`;
    await expect(b.pull({ ref: 'fraud@1', to })).rejects.toMatchObject({ code: 'OBJECT_DAMAGED' });
    isLying = false;
    expect(await b.pull({ ref: 'fraud@1', to })).toMatchObject({ fileCount: 1 });
  });
});
