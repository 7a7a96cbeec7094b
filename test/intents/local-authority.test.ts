import { describe, expect, it } from 'vitest';
import { newIdSource } from '../../src/base/ids.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { LocalAuthority } from '../../src/intents/local-authority.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';
import type { Intent } from '../../src/log/intent.ts';
import { readFormat } from '../../src/log/log-reader.ts';
import { FORMAT_KEY } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';

const newId = newIdSource();
const REGISTRY = newId();

/** What a put does: works, fails before it, or is done although the answer is lost. */
type Fault = 'none' | 'fails' | 'answer lost';

function faultyStore(store: ObjectStore, nextFault: () => Fault): ObjectStore {
  return {
    ...store,
    async putIfAbsent(key, bytes) {
      const fault = nextFault();
      if (fault === 'fails') throw new Error('the disk said no');
      const outcome = await store.putIfAbsent(key, bytes);
      if (fault === 'answer lost') throw new Error('no answer');
      return outcome;
    },
  };
}

async function clientOn(store: ObjectStore, delay?: (ms: number) => Promise<unknown>) {
  const { format, hash } = await readFormat(store, 'memory');
  const catalog = await Catalog.open({ dir: '/nonexistent', store, registryId: format.registryId, formatHash: hash });
  const random = () => (delay ? 0.9 : 0);
  const authority = new LocalAuthority({ store, catalog, clock: Date.now, random, ...(delay ? { delay } : {}) });
  return { catalog, authority };
}

async function emptyRegistry(): Promise<ObjectStore> {
  const store = memoryStore();
  await store.putIfAbsent(
    FORMAT_KEY,
    encodeFormatFile({ format: 1, registryId: REGISTRY, created: '2026-05-03T12:00:00.000Z', requires: [] }),
  );
  return store;
}

function intentOf(events: Intent['events'], expects: Intent['expects'] = {}): Intent {
  return {
    id: newId(),
    registryId: REGISTRY,
    by: { name: 'Ann', email: '' },
    askedAt: '2026-05-03T12:00:00.000Z',
    via: 'cli',
    requires: [],
    expects,
    events,
  };
}

const create = (name: string) => intentOf([{ type: 'model.created', model: newId(), name }]);

async function idsInLog(store: ObjectStore): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const key of await store.list('log/')) {
    const lines = new TextDecoder()
      .decode(await store.get(key))
      .trimEnd()
      .split('\n')
      .slice(1);
    ids.push(...lines.map((line) => /"id":"(\w+)"/.exec(line)?.[1] ?? ''));
  }
  return ids;
}

describe('submitting to the local log', () => {
  it('takes a lost answer for what it is: the intent is in the log once', async () => {
    const store = await emptyRegistry();
    const faults: Fault[] = ['answer lost'];
    const { authority } = await clientOn(faultyStore(store, () => faults.shift() ?? 'none'));
    const intent = create('fraud');
    expect(await authority.submit(intent)).toMatchObject({ kind: 'applied', seq: 1 });
    expect(await authority.submit(intent)).toMatchObject({ kind: 'applied', seq: 1 });
    expect(await idsInLog(store)).toEqual([intent.id]);
  });

  it('knows its own intent also where a query has read it before the lost answer was missed', async () => {
    const store = await emptyRegistry();
    const { authority, catalog } = await clientOn({
      ...store,
      async putIfAbsent(key, bytes) {
        const outcome = await store.putIfAbsent(key, bytes);
        if ((await catalog.catchUp()) === 0) return outcome;
        throw new Error('no answer');
      },
    });
    expect(await authority.submit(create('fraud'))).toMatchObject({ kind: 'applied', seq: 1 });
  });

  it('takes no commit for missing that a query has read while it looked', async () => {
    const store = await emptyRegistry();
    const other = await clientOn(store);
    const theirs = ['one', 'two', 'three'];
    const { authority, catalog } = await clientOn({
      ...store,
      async list(prefix, options) {
        for (const name of theirs.splice(0)) await other.authority.submit(create(name));
        const found = await store.list(prefix, options);
        await catalog.catchUp();
        return found;
      },
    });
    expect(await authority.submit(create('fraud'))).toMatchObject({ kind: 'applied', seq: 4 });
  });

  it('says that it failed when nothing was written, and can be asked again', async () => {
    const store = await emptyRegistry();
    const faults: Fault[] = ['fails'];
    const { authority } = await clientOn(faultyStore(store, () => faults.shift() ?? 'none'));
    const intent = create('fraud');
    await expect(authority.submit(intent)).rejects.toThrow('the disk said no');
    expect(await idsInLog(store)).toEqual([]);
    expect(await authority.submit(intent)).toMatchObject({ kind: 'applied', seq: 1 });
  });

  it('refuses what does not hold any more, and writes nothing', async () => {
    const store = await emptyRegistry();
    const [ann, bob] = [await clientOn(store), await clientOn(store)];
    const model = newId();
    await ann.authority.submit(intentOf([{ type: 'model.created', model, name: 'fraud' }]));
    await bob.authority.submit(
      intentOf([{ type: 'model.renamed', model, name: 'theirs' }], { names: { [model]: 'fraud' } }),
    );
    const result = await ann.authority.submit(
      intentOf([{ type: 'model.renamed', model, name: 'mine' }], { names: { [model]: 'fraud' } }),
    );
    expect(result).toMatchObject({ kind: 'refused', outcome: { kind: 'void', code: 'EXPECTATION' } });
    expect(await idsInLog(store)).toHaveLength(2);
  });

  it('gives everyone the same log, with each acknowledged intent in it once, whatever the store does', async () => {
    const store = await emptyRegistry();
    let random = 12_345;
    const next = () => {
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      return random / 2 ** 31;
    };
    const fault = (): Fault => (next() < 0.15 ? 'fails' : next() < 0.3 ? 'answer lost' : 'none');
    const clients = await Promise.all(Array.from({ length: 5 }, () => clientOn(faultyStore(store, fault))));
    const acknowledged: string[] = [];
    await Promise.all(
      clients.map(async ({ authority }, client) => {
        for (let round = 0; round < 20; round += 1) {
          const intent = create(`model-${client}-${round}`);
          for (let tries = 0; tries < 20; tries += 1) {
            const result = await authority.submit(intent).catch(() => undefined);
            if (!result) continue;
            expect(result.kind).toBe('applied');
            acknowledged.push(intent.id);
            break;
          }
        }
      }),
    );
    expect(acknowledged).toHaveLength(100);
    expect([...(await idsInLog(store))].sort()).toEqual([...acknowledged].sort());
    const reader = await clientOn(store);
    await reader.catalog.catchUp();
    expect(reader.catalog.position.seq).toBe(100);
    expect(reader.catalog.db.all('SELECT seq FROM commits WHERE problem IS NOT NULL')).toEqual([]);
    for (const { catalog } of clients) {
      await catalog.catchUp();
      expect(catalog.position).toEqual(reader.catalog.position);
    }
  });

  it('lets others come to their turn between its own intents, and waits for nobody where there are none', async () => {
    const store = await emptyRegistry();
    const waits: number[] = [];
    const ann = await clientOn(store, async (ms) => waits.push(ms));
    for (const name of ['one', 'two', 'three']) {
      await ann.authority.giveWay();
      await ann.authority.submit(create(name));
    }
    expect(waits).toEqual([]);
    const bob = await clientOn(store);
    await bob.authority.submit(create('theirs'));
    await ann.authority.submit(create('four'));
    await ann.authority.giveWay();
    expect(waits).toEqual([expect.closeTo(45, -1)]);
  });

  it('waits the less the more often somebody else was first', async () => {
    const store = await emptyRegistry();
    const other = await clientOn(store);
    const waits: number[] = [];
    let rivals = 4;
    const rivalled: ObjectStore = {
      ...store,
      async putIfAbsent(key, bytes) {
        rivals -= 1;
        if (rivals >= 0) await other.authority.submit(create(`rival-${rivals}`));
        return store.putIfAbsent(key, bytes);
      },
    };
    const { authority } = await clientOn(rivalled, async (ms) => waits.push(ms));
    expect(await authority.submit(create('mine'))).toMatchObject({ kind: 'applied', seq: 5 });
    expect(waits).toHaveLength(4);
    expect([...waits].sort((a, b) => b - a)).toEqual(waits);
    expect(waits.at(-1)).toBeLessThan(5);
  });

  it('refuses an intent that is too long', async () => {
    const { authority } = await clientOn(await emptyRegistry());
    const params = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`p${index}`, 'x'.repeat(10_000)]));
    const version = {
      type: 'version.registered',
      model: newId(),
      version: newId(),
      artifact: { digest: '0'.repeat(64), sizeBytes: 1, fileCount: 1 },
      params,
    };
    await expect(authority.submit(intentOf([version]))).rejects.toMatchObject({ code: 'INTENT_TOO_LARGE' });
  });
});
