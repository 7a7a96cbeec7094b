import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/storage/object-store.ts';

/** What every kind of store promises. `make` gives an empty one. */
export function describeObjectStore(name: string, make: () => Promise<ObjectStore>): void {
  describe(`${name}, as a store of objects`, () => {
    it('gives back what was put', async () => {
      const store = await make();
      expect(await store.putIfAbsent('log/1.jsonl', bytes('first'))).toBe('created');
      expect(text(await store.get('log/1.jsonl'))).toBe('first');
      expect(await store.head('log/1.jsonl')).toMatchObject({ sizeBytes: 5 });
    });

    it('keeps an empty object', async () => {
      const store = await make();
      expect(await store.putIfAbsent('empty', bytes(''))).toBe('created');
      expect(await store.get('empty')).toEqual(new Uint8Array());
      expect(await store.head('empty')).toMatchObject({ sizeBytes: 0 });
      expect(await collect(await store.getStream('empty'))).toEqual(new Uint8Array());
      expect(await store.putIfAbsent('empty', bytes('more'))).toBe('exists');
    });

    it('has nothing under a key that nobody put', async () => {
      const store = await make();
      await store.putIfAbsent('a/b', bytes('x'));
      for (const key of ['b', 'a/c', 'a', 'a/b/c', 'a/b/c/d']) {
        expect(await store.get(key), key).toBeUndefined();
        expect(await store.getRange(key, 0, 1), key).toBeUndefined();
        expect(await store.getStream(key), key).toBeUndefined();
        expect(await store.head(key), key).toBeUndefined();
      }
    });

    it('never overwrites', async () => {
      const store = await make();
      await store.putIfAbsent('a', bytes('first'));
      expect(await store.putIfAbsent('a', bytes('second'))).toBe('exists');
      expect(text(await store.get('a'))).toBe('first');
    });

    it('is not changed through the bytes that it took or gave', async () => {
      const store = await make();
      const given = bytes('first');
      await store.putIfAbsent('a', given);
      given.fill(0);
      (await store.get('a'))?.fill(0);
      for await (const chunk of (await store.getStream('a')) ?? []) chunk.fill(0);
      expect(text(await store.get('a'))).toBe('first');
    });

    it('gives at most as many bytes as were asked for', async () => {
      const store = await make();
      await store.putIfAbsent('a', bytes('0123456789'));
      expect(text(await store.get('a', 4))).toBe('0123');
      expect(text(await store.get('a', 100))).toBe('0123456789');
      expect(text(await store.get('a', 0))).toBe('');
      expect(text(await store.getRange('a', 3, 4))).toBe('3456');
      expect(text(await store.getRange('a', 8, 4))).toBe('89');
      expect(text(await store.getRange('a', 10, 4))).toBe('');
      expect(text(await store.getRange('a', 50, 4))).toBe('');
    });

    it('gives any range of any object', async () => {
      const store = await make();
      let count = 0;
      const property = fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(320),
        fc.nat(320),
        async (content, offset, length) => {
          count += 1;
          const key = `range/${count}`;
          await store.putIfAbsent(key, content);
          expect(await store.getRange(key, offset, length)).toEqual(content.slice(offset, offset + length));
          expect(await collect(await store.getStream(key))).toEqual(content);
        },
      );
      await fc.assert(property, { numRuns: 30 });
    });

    it('streams objects that are longer than a chunk', async () => {
      const store = await make();
      for (const size of [1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3_500_000]) {
        const content = new Uint8Array(size).map((_, index) => index % 251);
        await store.putIfAbsent(`large-${size}`, content);
        expect(Buffer.compare(await collect(await store.getStream(`large-${size}`)), content)).toBe(0);
      }
    });

    it('lists keys in order, after a key, up to a limit', async () => {
      const store = await make();
      for (const key of ['log/3', 'log/1', 'log/2', 'log/10', 'logs/1', 'lo', 'other/x']) {
        await store.putIfAbsent(key, bytes(key));
      }
      expect(await store.list('log/')).toEqual(['log/1', 'log/10', 'log/2', 'log/3']);
      expect(await store.list('log/', { after: 'log/10' })).toEqual(['log/2', 'log/3']);
      expect(await store.list('log/', { after: 'log/11' })).toEqual(['log/2', 'log/3']);
      expect(await store.list('log/', { after: 'log/10', limit: 1 })).toEqual(['log/2']);
      expect(await store.list('log/', { limit: 0 })).toEqual([]);
      expect(await store.list('log/', { after: 'log/9' })).toEqual([]);
      expect(await store.list('nothing/')).toEqual([]);
    });

    it('lists any set of keys as a sorted set would', async () => {
      const part = fc.stringMatching(/^[a-c][-.0a-c]{0,2}[a-c]$/);
      const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
      const property = fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 12 }),
        key,
        fc.nat(13),
        async (keys, after, limit) => {
          const store = await make();
          // A file system can't have a file and a folder of the same name.
          const usable = keys.filter((one) => !keys.some((other) => other.startsWith(`${one}/`)));
          for (const one of usable) await store.putIfAbsent(one, bytes(one));
          const wanted = usable.filter((one) => one > after).sort();
          expect(await store.list('', { after, limit })).toEqual(wanted.slice(0, limit));
          expect(await store.list('', { after })).toEqual(wanted);
        },
      );
      await fc.assert(property, { numRuns: 40 });
    });

    it('refuses keys that could leave its root or that some store could not keep', async () => {
      const store = await make();
      const bad = [
        '',
        '/',
        '/a',
        'a/',
        'a//b',
        '.',
        '..',
        '../a',
        'a/../b',
        'a/./b',
        '.a',
        'a/.b',
        'a.',
        'a\\b',
        'a b',
        'c:',
        'a\0',
        'é',
        'a\n',
        'x'.repeat(256),
      ];
      bad.push(Array.from({ length: 300 }, () => 'abc').join('/'));
      for (const key of bad) {
        const refused = { code: 'KEY_INVALID' };
        await expect(store.get(key), key).rejects.toMatchObject(refused);
        await expect(store.getRange(key, 0, 1), key).rejects.toMatchObject(refused);
        await expect(store.getStream(key), key).rejects.toMatchObject(refused);
        await expect(store.head(key), key).rejects.toMatchObject(refused);
        await expect(store.putIfAbsent(key, bytes('x')), key).rejects.toMatchObject(refused);
      }
      for (const prefix of ['/', 'a', '../', 'a/../', './', '.a/']) {
        await expect(store.list(prefix), prefix).rejects.toMatchObject({ code: 'KEY_INVALID' });
      }
      expect(await store.list('')).toEqual([]);
    });

    it('lets one of sixteen puts of a key create it, and shows readers no torn object', async () => {
      const store = await make();
      const size = 300_000;
      for (let round = 0; round < 10; round += 1) {
        const key = `race/${round}`;
        let isRunning = true;
        const torn: string[] = [];
        const reader = (async () => {
          while (isRunning) {
            const seen = await store.get(key);
            if (seen && (seen.length !== size || seen.some((byte) => byte !== seen[0])))
              torn.push(`${seen.length} bytes`);
          }
        })();
        const puts = Array.from({ length: 16 }, (_, index) => store.putIfAbsent(key, new Uint8Array(size).fill(index)));
        const outcomes = await Promise.all(puts);
        isRunning = false;
        await reader;
        expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
        expect(torn).toEqual([]);
        expect((await store.get(key))?.[0]).toBe(outcomes.indexOf('created'));
      }
    });
  });
}

export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

export function text(content: Uint8Array | undefined): string | undefined {
  return content && new TextDecoder().decode(content);
}

export async function collect(chunks: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks ?? []) parts.push(chunk);
  return new Uint8Array(Buffer.concat(parts));
}
