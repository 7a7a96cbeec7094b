import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerTarget } from '../../../src/storage/azure/container-url.ts';
import { connectionStringCredential, sasCredential } from '../../../src/storage/azure/credentials.ts';
import { openContainer } from '../../../src/storage/azure/open-container.ts';
import { bytes, describeObjectStore, text } from '../object-store-suite.ts';
import { type Azurite, startAzurite } from './azurite.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
}, 90_000);
afterAll(() => azurite.stop());

async function open(url?: string) {
  const target = containerTarget(url ?? (await azurite.container()));
  const credential = connectionStringCredential(azurite.connectionString, target);
  return openContainer({ target, credential, clock: Date.now });
}

function openSas(url: string, permissions: string) {
  const credential = sasCredential(azurite.sas(url, permissions));
  return openContainer({ target: containerTarget(url), credential, clock: Date.now });
}

describeObjectStore('a container', async () => (await open()).store);
describeObjectStore('a folder in a container', async () => (await open(`${await azurite.container()}/team/a`)).store);

describe('a container', () => {
  it('needs rights to read, create and list only, and tells a taken name from a missing right', async () => {
    const url = await azurite.container();
    const { store } = openSas(url, 'rcl');
    expect(await store.putIfAbsent('log/1.jsonl', bytes('first'))).toBe('created');
    expect(await store.putIfAbsent('log/1.jsonl', bytes('second'))).toBe('exists');
    expect(text(await store.get('log/1.jsonl'))).toBe('first');
    expect(await store.list('log/')).toEqual(['log/1.jsonl']);
  });

  it('counts requests and bytes', async () => {
    const { store, meter } = await open();
    await store.putIfAbsent('a', bytes('12345'));
    await store.get('a');
    await store.get('b');
    await store.list('');
    expect(meter.stats()).toEqual({ requests: 4, sentBytes: 5, receivedBytes: 5 });
  });

  it('lists what is above a commit in a long log by few requests', async () => {
    const { store, meter } = await open();
    const key = (seq: number) => `log/${String(seq).padStart(20, '0')}.jsonl`;
    for (const seq of [1, 998, 999, 1000, 1001, 250_000]) await store.putIfAbsent(key(seq), bytes('x'));
    const before = meter.stats().requests;
    expect(await store.list('log/', { after: key(999), until: key(1999) })).toEqual([key(1000), key(1001)]);
    expect(await store.list('log/', { after: key(10), until: key(999) })).toEqual([key(998)]);
    expect(meter.stats().requests - before).toBe(3);
  });

  it('keeps the MD5 that the service computed', async () => {
    const { store } = await open();
    await store.putIfAbsent('a', bytes('hello'));
    expect(await store.head('a')).toEqual({ sizeBytes: 5, md5: 'XUFAKrxLKna5cZ2REBfFkg==' });
  });
});
