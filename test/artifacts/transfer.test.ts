import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inlineByteService } from '../../src/artifacts/byte-service.ts';
import { downloadArtifact } from '../../src/artifacts/download.ts';
import { uploadArtifact } from '../../src/artifacts/upload.ts';
import { RegistryError } from '../../src/base/errors.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { objectKey, partsKey } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';

const MIB = 1024 * 1024;
const PARTS = 8;
const WEIGHTS = new Uint8Array(PARTS * 2 * MIB - 5).map((_, index) => (index * 31 + (index >> 13)) % 251);

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-registry-transfer-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A registry's folder that holds the weights. */
async function source() {
  const file = join(dir, 'model.bin');
  await writeFile(file, WEIGHTS);
  const bytes = inlineByteService(join(dir, 'source'));
  const { digest } = await bytes.intake({ paths: [file] });
  await bytes.close();
  return { store: filesystemStore(join(dir, 'source')), digest };
}

/** A remote that counts the bytes of parts in both directions and breaks after so many of them. */
function countedRemote(inner: ObjectStore = memoryStore()) {
  const remote = {
    inner,
    sent: [] as string[],
    received: [] as string[],
    breaksAfter: Number.POSITIVE_INFINITY,
    store: {
      ...inner,
      async putIfAbsent(key: string, bytes: Uint8Array) {
        if (bytes.length < MIB) return inner.putIfAbsent(key, bytes);
        remote.sent.push(key);
        if (remote.sent.length > remote.breaksAfter) throw broken();
        return inner.putIfAbsent(key, bytes);
      },
      async get(key: string, maxBytes?: number) {
        const bytes = await inner.get(key, maxBytes);
        if (!bytes || bytes.length < MIB) return bytes;
        remote.received.push(key);
        if (remote.received.length > remote.breaksAfter) throw broken();
        return bytes;
      },
    } satisfies ObjectStore,
  };
  return remote;
}

const broken = () => new RegistryError('REMOTE_INTERRUPTED', 'The connection broke.');
const options = { partBytes: 2 * MIB };

describe('an upload of a large file', () => {
  it('goes up in parts, and comes back whole', async () => {
    const { store, digest } = await source();
    const remote = memoryStore();
    await uploadArtifact(store, remote, digest, options);
    expect(await remote.head(objectKey(sha256Hex(WEIGHTS)))).toBeUndefined();
    expect(await remote.head(partsKey(sha256Hex(WEIGHTS)))).toBeDefined();
    const target = filesystemStore(join(dir, 'target'));
    expect(await downloadArtifact(target, remote, digest)).toEqual({ receivedBytes: WEIGHTS.length });
    expect(sha256Hex((await target.get(objectKey(sha256Hex(WEIGHTS)))) ?? new Uint8Array())).toBe(sha256Hex(WEIGHTS));
    expect(await readdir(join(dir, 'target/staging'))).toEqual([]);
  });

  it('that was interrupted at half sends no more than one part twice a stream', async () => {
    const { store, digest } = await source();
    const remote = countedRemote();
    remote.breaksAfter = PARTS / 2;
    await expect(uploadArtifact(store, remote.store, digest, options)).rejects.toMatchObject({
      code: 'REMOTE_INTERRUPTED',
    });
    const [before, after] = [remote.sent.length, (await remote.inner.list('objects/')).length];
    expect(after).toBe(PARTS / 2);
    remote.breaksAfter = Number.POSITIVE_INFINITY;
    await uploadArtifact(store, remote.store, digest, options);
    // Two streams.
    expect(remote.sent.length).toBeLessThanOrEqual(PARTS + 2);
    expect(remote.sent.length - before).toBe(PARTS - after);
  });

  it('tells how far it is, and ends soon when it is cancelled', async () => {
    const { store, digest } = await source();
    const remote = countedRemote();
    const cancel = new AbortController();
    const seen: number[] = [];
    const uploading = uploadArtifact(store, remote.store, digest, {
      ...options,
      signal: cancel.signal,
      onProgress({ doneBytes, totalBytes }) {
        seen.push(doneBytes);
        expect(totalBytes).toBe(WEIGHTS.length);
        if (seen.length === 2) cancel.abort();
      },
    });
    await expect(uploading).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(remote.sent.length).toBeLessThan(PARTS);
  });
});

describe('a download of a large file', () => {
  async function shared() {
    const { store, digest } = await source();
    const inner = memoryStore();
    await uploadArtifact(store, inner, digest, options);
    return { remote: countedRemote(inner), digest };
  }

  it('that was interrupted goes on where it was', async () => {
    const { remote, digest } = await shared();
    const target = filesystemStore(join(dir, 'target'));
    remote.breaksAfter = PARTS / 2;
    await expect(downloadArtifact(target, remote.store, digest)).rejects.toMatchObject({ code: 'REMOTE_INTERRUPTED' });
    remote.breaksAfter = Number.POSITIVE_INFINITY;
    remote.received.length = 0;
    const { receivedBytes } = await downloadArtifact(filesystemStore(join(dir, 'target')), remote.store, digest);
    expect(remote.received).toHaveLength(PARTS / 2);
    expect(receivedBytes).toBeLessThan(WEIGHTS.length * 0.6);
    expect(await target.head(objectKey(sha256Hex(WEIGHTS)))).toEqual({ sizeBytes: WEIGHTS.length });
    expect(await readdir(join(dir, 'target/staging'))).toEqual([]);
  });

  it('asks again for what was changed on the disk meanwhile, and for a part that is cut short', async () => {
    const { remote, digest } = await shared();
    const target = filesystemStore(join(dir, 'target'));
    remote.breaksAfter = PARTS / 2;
    await expect(downloadArtifact(target, remote.store, digest)).rejects.toThrow();
    const staging = join(dir, 'target/staging');
    const [name = ''] = await readdir(staging);
    const changed = WEIGHTS.slice(0, 3 * MIB);
    changed[2 * MIB + 7] = 255;
    await writeFile(join(staging, name), changed);
    remote.breaksAfter = Number.POSITIVE_INFINITY;
    remote.received.length = 0;
    await downloadArtifact(target, remote.store, digest);
    expect(remote.received).toHaveLength(PARTS - 1);
    expect(await target.head(objectKey(sha256Hex(WEIGHTS)))).toEqual({ sizeBytes: WEIGHTS.length });
  });

  it('leaves alone what a process that is alive still writes', async () => {
    const target = filesystemStore(join(dir, 'target'));
    const mine = await target.stageAs('a'.repeat(64));
    await mine.write(new Uint8Array(10));
    expect(await target.leftovers('a'.repeat(64))).toEqual([]);
    await mine.keep();
    expect(await target.leftovers('a'.repeat(64))).toMatchObject([{ sizeBytes: 10 }]);
    expect(await target.leftovers('b'.repeat(64))).toEqual([]);
    await mine.discard();
    const [left] = await target.leftovers('a'.repeat(64));
    await left?.remove();
    expect(await readdir(join(dir, 'target/staging'))).toEqual([]);
  });
});
