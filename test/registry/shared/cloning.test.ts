import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/base/clock.ts';
import { sha256Hex } from '../../../src/base/hash.ts';
import { newIdSource } from '../../../src/base/ids.ts';
import { encodeCommit, hashOfCommit } from '../../../src/log/commit.ts';
import { encodeFormatFile } from '../../../src/log/format-file.ts';
import { encodeIntent } from '../../../src/log/intent.ts';
import { sealShared } from '../../../src/log/seal-segments.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import { makeReadCopy } from '../../../src/registry/shared/read-copy.ts';
import { commitKey, FORMAT_KEY } from '../../../src/storage/layout.ts';
import { sharedStorage, URL } from './machines.ts';

/** Shared storage with a log of `commits` commits, sealed as its writers would have; `grow` adds more. */
async function storageWithLog(commits: number) {
  const storage = sharedStorage();
  const start = Date.parse('2026-05-03T12:00:00Z');
  const newId = newIdSource(() => start);
  const registryId = newId();
  const format = encodeFormatFile({ format: 1, registryId, created: isoTime(start), requires: [] });
  await storage.store.putIfAbsent(FORMAT_KEY, format);
  let prev = sha256Hex(format);
  const by = { name: 'Ann', email: '' };
  const model = newId();
  let seq = 0;
  const append = async () => {
    seq += 1;
    const at = isoTime(start + seq * 1000);
    const events =
      seq === 1
        ? [{ type: 'model.created' as const, model, name: 'fraud', tags: {} }]
        : [{ type: 'comment.added' as const, model, text: `comment ${seq}` }];
    const intent = { id: newId(), registryId, by, askedAt: at, via: 'cli' as const, requires: [], expects: {}, events };
    const bytes = encodeCommit({ v: 1, seq, prev, at }, [encodeIntent(intent)]);
    prev = hashOfCommit(bytes);
    await storage.store.putIfAbsent(commitKey(seq), bytes);
    await sealShared(storage.store, storage.store, seq);
  };
  const grow = async (count: number) => {
    for (let added = 0; added < count; added += 1) await append();
  };
  await grow(commits);
  return { ...storage, grow };
}

describe('a machine that has nothing yet', () => {
  // Of every length, as many as there can be: three times each level and seven single commits beside it.
  it('reads the worst of all logs of up to 4,096 commits with few requests', async () => {
    const commits = 4095;
    const storage = await storageWithLog(commits);
    const dir = await mkdtemp(join(tmpdir(), 'model-registry-clone-'));
    try {
      await makeReadCopy({ dir, url: URL, connect: storage.connect });
      const stateDir = join(dir, 'state');
      const registry = await openRegistry({
        dir,
        author: { name: 'Bob', email: '' },
        via: 'cli',
        connect: storage.connect,
        stateDir,
        confirmedUrl: URL,
      });
      const report = await registry.sync();
      expect(report).toMatchObject({ received: commits, waiting: [] });
      // For each of three levels (8, 64, 512) a segment and the list of those that begin with it, seven commits, and what is asked besides.
      expect(storage.stats().requests).toBeLessThanOrEqual(18);
      const before = storage.stats().requests;
      await registry.sync();
      expect(storage.stats().requests - before).toBe(1);
      await registry.close();
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe('a machine that was away', () => {
  it('takes over segments again as soon as one begins where it is', async () => {
    const storage = await storageWithLog(1003);
    const dir = await mkdtemp(join(tmpdir(), 'model-registry-clone-'));
    try {
      await makeReadCopy({ dir, url: URL, connect: storage.connect });
      const registry = await openRegistry({
        dir,
        author: { name: 'Bob', email: '' },
        via: 'cli',
        connect: storage.connect,
        stateDir: join(dir, 'state'),
        confirmedUrl: URL,
      });
      await registry.sync();
      await storage.grow(900);
      const before = storage.stats().requests;
      expect(await registry.sync()).toMatchObject({ received: 900, waiting: [] });
      // Single commits up to where a segment begins and from where the last one ends, for each segment its list and itself, and what is asked besides.
      expect(storage.stats().requests - before).toBeLessThanOrEqual(32);
      await registry.close();
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
