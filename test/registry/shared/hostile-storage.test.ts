import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { encodeParts } from '../../../src/artifacts/parts.ts';
import { sha256Hex } from '../../../src/base/hash.ts';
import { encodeCommit, hashOfCommit } from '../../../src/log/commit.ts';
import { readCommit } from '../../../src/log/log-reader.ts';
import { encodeSegment, segmentKey } from '../../../src/log/segment.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { containerTarget } from '../../../src/storage/azure/container-url.ts';
import { connectionStringCredential } from '../../../src/storage/azure/credentials.ts';
import { openContainer } from '../../../src/storage/azure/open-container.ts';
import { filesystemStore } from '../../../src/storage/filesystem-store.ts';
import { commitKey, FORMAT_KEY, manifestKey, objectKey, partsKey } from '../../../src/storage/layout.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { ACCOUNT_KEY, type Azurite, startAzurite } from '../../storage/azure/azurite.ts';
import { BOB } from '../opened.ts';
import { type Machine, machine, registerFraud, sharedStorage } from './machines.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Storage whose owner does what no program of ours ever would. */
interface Hostile {
  readonly store: ObjectStore;
  overwrite(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
}

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
}, 90_000);
afterAll(() => azurite.stop());

async function folder(): Promise<Hostile> {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-hostile-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  return {
    store: filesystemStore(dir),
    async overwrite(key, bytes) {
      await mkdir(dirname(join(dir, key)), { recursive: true });
      await rm(join(dir, key), { force: true });
      await writeFile(join(dir, key), bytes);
    },
    remove: (key) => unlink(join(dir, key)),
  };
}

async function container(): Promise<Hostile> {
  const url = await azurite.container();
  const target = containerTarget(url);
  const credential = connectionStringCredential(azurite.connectionString, target);
  const { store } = openContainer({ target, credential, clock: Date.now });
  const owner = new ContainerClient(url, new StorageSharedKeyCredential('devstoreaccount1', ACCOUNT_KEY));
  return {
    store,
    async overwrite(key, bytes) {
      await owner.getBlockBlobClient(key).upload(bytes, bytes.length);
    },
    async remove(key) {
      await owner.deleteBlob(key);
    },
  };
}

const bytes = (value: string) => new TextEncoder().encode(value);
const AT = '2027-01-01T00:00:00.000Z';

async function lastOf(store: ObjectStore) {
  const seq = (await store.list('log/')).length;
  const last = (await readCommit(store, seq)) ?? expect.fail();
  return { seq, bytes: last, hash: hashOfCommit(last) };
}

describe.each([
  { where: 'a folder', make: folder },
  { where: 'a container', make: container },
])('shared storage that somebody tampers with ($where)', ({ make }) => {
  async function team() {
    const hostile = await make();
    const clock = { now: Date.now() };
    const storage = sharedStorage(() => clock.now, hostile.store);
    const time = () => clock.now;
    const [ann, bob] = [await machine(storage, { clock: time }), await machine(storage, { author: BOB, clock: time })];
    await ann.attach();
    await bob.attach();
    const [a, b] = [await ann.open(), await bob.open()];
    await registerFraud(ann, a, 'one');
    await b.sync();
    return { hostile, storage, clock, ann, bob, a, b };
  }

  /** Both go on, and somebody who joins now sees what they see. */
  async function goesOn(
    { ann, a, b, storage }: { ann: Machine; a: Registry; b: Registry; storage: ReturnType<typeof sharedStorage> },
    content = 'next',
  ): Promise<void> {
    const version = await registerFraud(ann, a, content);
    expect(version).toMatchObject({ pending: false });
    await b.sync();
    expect(await b.show({ ref: version.id })).toMatchObject({ number: version.number });
    expect(await b.verify()).toMatchObject({ problems: [] });
    const eve = await machine(storage);
    await eve.attach();
    const e = await eve.open();
    expect(await e.show({ ref: version.id })).toMatchObject({ number: version.number });
    expect(await e.verify()).toMatchObject({ problems: [] });
    await e.rebuild();
    expect((await e.head()).hash).toBe((await b.head()).hash);
  }

  it('survives commits that are nonsense, too long, or follow from another log', async () => {
    const here = await team();
    const { hostile, b } = here;
    const intent = bytes('{"id":"x"}');
    const poison = [
      bytes('{"v":1,"seq":'),
      new Uint8Array(3_000_000).fill(120),
      encodeCommit({ v: 1, seq: (await lastOf(hostile.store)).seq + 3, prev: sha256Hex('another log'), at: AT }, [
        intent,
      ]),
      encodeCommit({ v: 1, seq: 999, prev: sha256Hex('another log'), at: AT }, [intent]),
    ];
    for (const content of poison) {
      const { seq } = await lastOf(hostile.store);
      await hostile.overwrite(commitKey(seq + 1), content);
    }
    await goesOn(here);
    const { voids } = await b.verify();
    expect(voids.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('is not lines'),
      expect.stringContaining('longer than'),
      expect.stringContaining('does not follow from'),
      expect.stringContaining('calls itself commit 999'),
    ]);
    await goesOn(here, 'and on');
  });

  it('tells damage of the copy from what somebody wrote into the storage', async () => {
    const here = await team();
    const { hostile, ann, a, b } = here;
    const { seq } = await lastOf(hostile.store);
    const poison = encodeCommit({ v: 1, seq: seq + 1, prev: sha256Hex('another log'), at: AT }, [bytes('{"id":"x"}')]);
    await hostile.overwrite(commitKey(seq + 1), poison);
    await goesOn(here);
    await a.close();
    const file = join(b.location.logDir, commitKey(seq));
    const annsFile = join(a.location.logDir, commitKey(seq));
    expect(annsFile).not.toBe(file);
    await rm(annsFile, { force: true });
    await writeFile(annsFile, bytes('{"v":1}\n'));
    await rm(join(a.location.logDir, 'segments'), { recursive: true, force: true });
    const again = await ann.open();
    await again.rebuild().catch(() => undefined);
    await expect(again.listModels()).rejects.toMatchObject({
      code: expect.stringMatching(/^LOG_(DAMAGED|REWRITTEN)$/),
    });
  });

  it('survives numbers that were taken ahead, near with junk and far away', async () => {
    const here = await team();
    const { seq } = await lastOf(here.hostile.store);
    await here.hostile.overwrite(commitKey(seq + 3), bytes('squatted'));
    await here.hostile.overwrite(commitKey(seq + 900), new Uint8Array(2_000_000).fill(120));
    await here.hostile.overwrite(commitKey(Number.MAX_SAFE_INTEGER), bytes('squatted'));
    await goesOn(here);
    for (const content of ['a', 'b', 'c', 'd']) await registerFraud(here.ann, here.a, content);
    await goesOn(here, 'beyond what was taken');
  });

  it('is read-only where a commit is missing, and says which', async () => {
    const { hostile, ann, a, b } = await team();
    await a.note({ ref: 'fraud@1', text: 'last' });
    const { seq, bytes: last, hash } = await lastOf(hostile.store);
    const next = encodeCommit({ v: 1, seq: seq + 1, prev: hash, at: AT }, [bytes('{"id":"x"}')]);
    await hostile.overwrite(commitKey(seq + 1), next);
    await hostile.remove(commitKey(seq));
    await b.note({ ref: 'fraud@1', text: 'waits' });
    expect(await b.remote()).toMatchObject({ pending: 1, failure: { code: 'LOG_GAP' } });
    await hostile.overwrite(commitKey(seq), last);
    await b.sync();
    expect(await b.remote()).toMatchObject({ pending: 0 });
    await registerFraud(ann, a, 'two');
    expect(await a.show({ ref: 'fraud@2' })).toMatchObject({ pending: false });
  });

  it('is found out when it was cut short, also by who only reads', async () => {
    const { hostile, clock, a, b } = await team();
    await a.note({ ref: 'fraud@1', text: 'last' });
    await b.sync();
    const { seq } = await lastOf(hostile.store);
    await hostile.remove(commitKey(seq));
    await expect(a.sync()).resolves.toMatchObject({ received: 0 });
    clock.now += 11 * 60_000;
    for (const registry of [a, b])
      await expect(registry.sync()).rejects.toMatchObject({ code: 'REMOTE_REWRITTEN', details: { seq } });
    expect((await b.verify()).problems).toMatchObject([{ code: 'REMOTE_REWRITTEN', key: commitKey(seq) }]);
    // What is known here stays readable.
    expect((await b.show({ ref: 'fraud@1' })).notes).toHaveLength(1);
  });

  it('is found out when it was rewritten or went another way, and nothing of it is taken over', async () => {
    const { hostile, ann, a, b } = await team();
    await a.note({ ref: 'fraud@1', text: 'first' });
    await b.sync();
    const before = (await b.head()).hash;
    const { seq, bytes: last } = await lastOf(hostile.store);
    const forged = bytes(new TextDecoder().decode(last).replace('first', 'FIRST'));
    const onTop = encodeCommit({ v: 1, seq: seq + 1, prev: hashOfCommit(forged), at: AT }, [bytes('{"id":"x"}')]);
    await hostile.overwrite(commitKey(seq), forged);
    await hostile.overwrite(commitKey(seq + 1), onTop);
    for (const registry of [a, b]) {
      await expect(registry.sync()).rejects.toMatchObject({ code: 'REMOTE_REWRITTEN' });
      expect(await registry.head()).toEqual({ seq, hash: before });
    }
    expect(await registerFraud(ann, a, 'waits')).toMatchObject({ pending: true });
    // Whoever knows the head isn't led into the other history.
    const pinned = { seq, hash: before };
    const joining = await machine(sharedStorage(Date.now, hostile.store));
    await expect(joining.attach({ pinned })).rejects.toMatchObject({ code: 'HEAD_NOT_PINNED', details: { seq } });
    expect(await (await joining.open()).remote()).toBeUndefined();
    await hostile.overwrite(commitKey(seq), last);
    await joining.attach({ pinned });
  });

  it('is found out when another registry was put in its place', async () => {
    const { hostile, b, a, storage } = await team();
    const other = await make();
    const elsewhere = await machine(sharedStorage(Date.now, other.store));
    await elsewhere.attach();
    const e = await elsewhere.open();
    for (const content of ['x', 'y', 'z']) await registerFraud(elsewhere, e, content);
    for (const key of await other.store.list('')) {
      const content = await other.store.get(key);
      if (content) await hostile.overwrite(key, content);
    }
    await expect(b.sync()).rejects.toMatchObject({ code: 'REMOTE_REWRITTEN' });
    await a.note({ ref: 'fraud@1', text: 'waits' });
    expect(await a.remote()).toMatchObject({ pending: 1, failure: { code: 'REMOTE_REWRITTEN' } });
    await hostile.overwrite(FORMAT_KEY, new Uint8Array(1_000_000).fill(32));
    await expect((await machine(storage)).attach()).rejects.toMatchObject({ code: 'FORMAT_DAMAGED' });
  });

  it('leads nobody away by segments that lie, burst or hold another history', async () => {
    const here = await team();
    const { hostile, a } = here;
    for (let note = 0; note < 12; note += 1) await a.note({ ref: 'fraud@1', text: `note ${note}` });
    for (const key of await hostile.store.list('segments/')) await hostile.remove(key);
    const commits: Uint8Array[] = [];
    for (let seq = 1; seq <= 8; seq += 1) commits.push((await readCommit(hostile.store, seq)) ?? expect.fail());
    const hash = hashOfCommit(commits.at(-1) ?? expect.fail());
    const other = commits.map((commit, index) => (index === 3 ? bytes('{"v":1}\n') : commit));
    const lies: readonly (readonly [string, Uint8Array])[] = [
      [segmentKey({ from: 1, to: 8, hash }), await encodeSegment(other)],
      [segmentKey({ from: 1, to: 9, hash }), gzipSync(new Uint8Array(300 * 1024 * 1024))],
      [segmentKey({ from: 1, to: 128, hash }), bytes('no gzip')],
      [segmentKey({ from: 1, to: 999_999_999, hash }), await encodeSegment(commits)],
      ['segments/not-a-segment.gz', bytes('x')],
    ];
    for (const [key, content] of lies) await hostile.overwrite(key, content);
    const bob = await machine(here.storage, { author: BOB });
    await bob.attach();
    const b = await bob.open();
    expect(await b.head()).toEqual(await a.head());
    expect((await b.show({ ref: 'fraud@1' })).notes).toHaveLength(12);
  });

  it('gives nobody other bytes than those of a digest, whatever it holds under it', async () => {
    const { hostile, ann, a, bob, b } = await team();
    const halves = [bytes('the first half, '), bytes('and the second')] as const;
    const whole = new Uint8Array(Buffer.concat(halves));
    const object = sha256Hex(whole);
    await registerFraud(ann, a, whole, 'large');
    await a.sync();
    await b.sync();
    // As a large object is stored.
    await hostile.remove(objectKey(object));
    const parts = halves.map((half) => ({ sha256: sha256Hex(half), size: half.length }));
    for (const half of halves) await hostile.overwrite(objectKey(sha256Hex(half)), half);
    const to = join(bob.dir, 'out');
    const lies: readonly Uint8Array[] = [
      bytes('nonsense'),
      new Uint8Array(17 * 1024 * 1024).fill(32),
      encodeParts(whole.length, [...parts].reverse()),
      encodeParts(whole.length, [{ sha256: object, size: whole.length }]),
      encodeParts(whole.length, [{ sha256: sha256Hex('one'), size: whole.length }]),
      encodeParts(whole.length + 1, [...parts, { sha256: sha256Hex('x'), size: 1 }]),
      encodeParts(whole.length, [{ sha256: '../../../../etc/passwd', size: whole.length }]),
    ];
    for (const content of lies) {
      await hostile.overwrite(partsKey(object), content);
      await expect(b.pull({ ref: 'fraud@2', to })).rejects.toMatchObject({
        code: expect.stringMatching(/^OBJECT_(DAMAGED|MISSING)$/),
      });
    }
    await hostile.overwrite(partsKey(object), encodeParts(whole.length, parts));
    // Something under the name of the whole object: the parts are still there.
    await hostile.overwrite(objectKey(object), bytes('squatted'));
    expect(await b.pull({ ref: 'fraud@2', to })).toMatchObject({ sizeBytes: whole.length });
    const digest = (await b.show({ ref: 'fraud@1' })).artifact.digest;
    const manifest = (await hostile.store.get(manifestKey(digest))) ?? expect.fail();
    await hostile.overwrite(manifestKey(digest), bytes('{"files":[]}'));
    await expect(b.pull({ ref: 'fraud@1', to: join(bob.dir, 'one') })).rejects.toMatchObject({
      code: 'MANIFEST_DAMAGED',
    });
    await hostile.overwrite(manifestKey(digest), manifest);
    expect(await b.pull({ ref: 'fraud@1', to: join(bob.dir, 'one') })).toMatchObject({ fileCount: 1 });
  });

  it('writes nothing outside of the folder that was named, whatever a manifest says', async () => {
    const { hostile, bob, b } = await team();
    const content = bytes('owned');
    await hostile.overwrite(objectKey(sha256Hex(content)), content);
    const { registryId } = b.location;
    const model = (await b.showModel({ model: 'fraud' })).id;
    let number = 0;
    for (const path of ['../../owned', '/tmp/owned', 'a/../../owned', 'C:\\owned', '.git/hooks/post-checkout', 'con']) {
      number += 1;
      const list = bytes(JSON.stringify({ files: [{ path, size: content.length, sha256: sha256Hex(content) }] }));
      const artifact = sha256Hex(list);
      await hostile.overwrite(manifestKey(artifact), list);
      const { seq, hash } = await lastOf(hostile.store);
      const version = `01M84GD1DENVERS10N0000009${number}`.slice(0, 26).padEnd(26, '0');
      const intent = {
        id: `01M84GD1DEN1NTENT00000009${number}`.padEnd(26, '0'),
        registryId,
        by: { name: 'Eve', email: '' },
        askedAt: AT,
        via: 'cli',
        events: [
          {
            type: 'version.registered',
            model,
            version,
            artifact: { digest: artifact, sizeBytes: content.length, fileCount: 1 },
          },
          { type: 'artifact.published', artifact },
        ],
      };
      const commit = encodeCommit({ v: 1, seq: seq + 1, prev: hash, at: AT }, [bytes(JSON.stringify(intent))]);
      await hostile.overwrite(commitKey(seq + 1), commit);
      await b.sync();
      await expect(b.pull({ ref: version, to: join(bob.dir, 'out') })).rejects.toMatchObject({
        code: 'MANIFEST_DAMAGED',
      });
    }
  });
});
