import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { intakeArtifact } from '../../src/artifacts/intake.ts';
import { encodeManifest } from '../../src/artifacts/manifest.ts';
import { verifyArtifacts } from '../../src/artifacts/verify-objects.ts';
import { sha256Hex } from '../../src/base/hash.ts';
import type { Progress } from '../../src/base/progress.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { manifestKey, objectKey } from '../../src/storage/layout.ts';
import type { StagingStore } from '../../src/storage/object-store.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { readTree, writeTree } from './files.ts';

let storeDir = '';
let store: StagingStore;
let digests: readonly string[] = [];

const keyOf = (text: string) => objectKey(sha256Hex(text));

/** Two artifacts that share the object of `shared`. */
beforeEach(async () => {
  storeDir = await tempFolder();
  store = filesystemStore(storeDir);
  const found: string[] = [];
  for (const own of ['first', 'second']) {
    const source = await tempFolder();
    await writeTree(source, { own, 'config/shared.json': 'shared' });
    found.push((await intakeArtifact(store, { paths: [source] })).digest);
  }
  digests = found;
});

async function problems() {
  const { problems: found } = await verifyArtifacts(store, { digests });
  return found.map(({ kind, key, digest }) => ({ kind, key, digest }));
}

describe('verifying artifacts', () => {
  it('finds nothing wrong with what is whole, reads each object once, and changes nothing', async () => {
    const before = await readTree(storeDir);
    expect(await verifyArtifacts(store, { digests: [...digests, ...digests] })).toEqual({
      manifests: 2,
      objects: 3,
      bytes: 'firstsecondshared'.length,
      problems: [],
    });
    expect(await readTree(storeDir)).toEqual(before);
    expect(await verifyArtifacts(store, { digests: [] })).toEqual({ manifests: 0, objects: 0, bytes: 0, problems: [] });
  });

  it('names the object that is damaged, wherever the byte is', async () => {
    for (let index = 0; index < 'first'.length; index += 1) {
      const bytes = new TextEncoder().encode('first');
      bytes[index] = (bytes[index] ?? 0) ^ 1;
      await writeFile(join(storeDir, keyOf('first')), bytes);
      expect(await problems()).toEqual([{ kind: 'OBJECT_DAMAGED', key: keyOf('first'), digest: digests[0] }]);
    }
  });

  it('names each artifact that needs an object that is missing', async () => {
    await rm(join(storeDir, keyOf('shared')));
    const missing = digests.map((digest) => ({ kind: 'OBJECT_MISSING', key: keyOf('shared'), digest }));
    expect(await problems()).toEqual(missing);
  });

  it('names every problem, and goes on after each', async () => {
    const [first = '', second = ''] = digests;
    await truncate(join(storeDir, manifestKey(first)), 10);
    await truncate(join(storeDir, keyOf('second')), 0);
    await rm(join(storeDir, keyOf('shared')));
    const unknown = sha256Hex('unknown');
    const found = await verifyArtifacts(store, { digests: [unknown, ...digests] });
    expect(found.problems.map(({ kind, key }) => ({ kind, key }))).toEqual([
      { kind: 'MANIFEST_MISSING', key: manifestKey(unknown) },
      { kind: 'MANIFEST_DAMAGED', key: manifestKey(first) },
      { kind: 'OBJECT_MISSING', key: keyOf('shared') },
      { kind: 'OBJECT_DAMAGED', key: keyOf('second') },
    ]);
    expect(found.problems.every(({ message }) => message.length > 40)).toBe(true);
    expect(second).not.toBe(first);
  });

  it('reports an object that can not be read, and goes on', async () => {
    await rm(join(storeDir, keyOf('first')));
    await mkdir(join(storeDir, keyOf('first')));
    expect(await problems()).toEqual([{ kind: 'OBJECT_MISSING', key: keyOf('first'), digest: digests[0] }]);
    const failing: StagingStore = {
      ...store,
      getStream: async (key) => {
        if (key === keyOf('second')) throw new Error('EIO');
        return store.getStream(key);
      },
    };
    const { problems: found, objects } = await verifyArtifacts(failing, { digests });
    expect(objects).toBe(3);
    expect(found.map(({ kind, key }) => [kind, key])).toEqual([
      ['OBJECT_MISSING', keyOf('first')],
      ['OBJECT_DAMAGED', keyOf('second')],
    ]);
  });

  it('finds a manifest that says another size than the object has', async () => {
    const { bytes, digest } = encodeManifest([{ path: 'a', size: 4, sha256: sha256Hex('first') }]);
    await store.putIfAbsent(manifestKey(digest), bytes);
    digests = [digest];
    expect(await problems()).toEqual([{ kind: 'MANIFEST_DAMAGED', key: manifestKey(digest), digest }]);
  });

  it('reports its progress, and stops when it is cancelled', async () => {
    const seen: Progress[] = [];
    await verifyArtifacts(store, { digests }, { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ step: 'Checking', doneBytes: 17, totalBytes: 17 });
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(verifyArtifacts(store, { digests }, options)).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  });
});
