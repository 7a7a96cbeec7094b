import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfCommit } from '../../src/log/commit.ts';
import { readSegment } from '../../src/log/log-reader.ts';
import { decodeSegment, encodeSegment, SEGMENT_COMMITS, segmentKey, segmentOfKey } from '../../src/log/segment.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { commitKey } from '../../src/storage/layout.ts';
import { memoryStore } from '../../src/storage/memory-store.ts';
import { ANN, makePlace, type Place, registerVersions } from '../registry/opened.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('a segment', () => {
  it('gives back the commits that it was made of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array(), { minLength: 1, maxLength: 20 }), async (commits) => {
        const name = { from: 5, to: 4 + commits.length, hash: hashOfCommit(commits.at(-1) ?? new Uint8Array()) };
        const decoded = await decodeSegment(await encodeSegment(commits), name);
        expect(decoded?.map((commit) => [...commit])).toEqual(commits.map((commit) => [...commit]));
        expect(segmentOfKey(segmentKey(name))).toEqual(name);
      }),
    );
  });

  it('is none where its bytes are any others', async () => {
    const commits = [bytesOf('one\n'), bytesOf('two\n')];
    const name = { from: 1, to: 2, hash: hashOfCommit(bytesOf('two\n')) };
    const sealed = await encodeSegment(commits);
    expect(await decodeSegment(sealed, { ...name, to: 3 })).toBeUndefined();
    expect(await decodeSegment(sealed, { ...name, hash: hashOfCommit(bytesOf('one\n')) })).toBeUndefined();
    expect(await decodeSegment(sealed.subarray(0, -9), name)).toBeUndefined();
    expect(await decodeSegment(gzipSync(bytesOf('\u00ff\u00ff')), name)).toBeUndefined();
    expect(await decodeSegment(gzipSync(new Uint8Array(300 * 1024 * 1024)), name)).toBeUndefined();
  });

  it('counts only where the log ends in the same commit', async () => {
    const store = memoryStore();
    const commits = [bytesOf('one\n'), bytesOf('two\n')];
    const name = { from: 1, to: 2, hash: hashOfCommit(bytesOf('two\n')) };
    await store.putIfAbsent(segmentKey(name), await encodeSegment(commits));
    expect(await readSegment(store, name)).toBeUndefined();
    await store.putIfAbsent(commitKey(2), bytesOf('another\n'));
    expect(await readSegment(store, name)).toBeUndefined();
  });
});

describe('the segments of a registry', () => {
  async function filled(): Promise<{ readonly place: Place; readonly registry: Registry }> {
    const place = await makePlace();
    const registry = await place.open();
    await registerVersions(place, registry, 1);
    for (let count = 0; count < SEGMENT_COMMITS + 10; count += 1) {
      await registry.tag({ ref: 'fraud@1', set: { count: String(count) } });
    }
    await registry.rebuild();
    // They are written behind it.
    await registry.close();
    return { place, registry: await place.open() };
  }

  it('are written by a rebuild, and the next one that uses them comes to the same', async () => {
    const { place, registry } = await filled();
    expect(await readdir(join(place.registryDir, 'segments'))).toHaveLength(1);
    const before = await registry.show({ ref: 'fraud@1' });
    expect(await registry.rebuild()).toEqual({ commits: SEGMENT_COMMITS + 11, versions: 1 });
    expect(await registry.show({ ref: 'fraud@1' })).toEqual(before);
    expect(before.tags.count).toBe(String(SEGMENT_COMMITS + 9));
  });

  it('are passed over where they are damaged or lie', async () => {
    const { place, registry } = await filled();
    const before = await registry.show({ ref: 'fraud@1' });
    const folder = join(place.registryDir, 'segments');
    const [name = ''] = await readdir(folder);
    const sealed = await readFile(join(folder, name));
    const harmed = Uint8Array.from(sealed);
    harmed[200] = (harmed[200] ?? 0) ^ 1;
    for (const bytes of [harmed, new Uint8Array(), bytesOf('nothing')]) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, name), bytes);
      await registry.rebuild();
      expect(await registry.show({ ref: 'fraud@1' })).toEqual(before);
    }
    expect((await registry.verify()).problems).toEqual([]);
    expect(ANN.name).toBe(before.createdBy.name);
  });
});
