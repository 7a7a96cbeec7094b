import { describe, expect, it } from 'vitest';
import type { StagingStore } from '../../src/storage/object-store.ts';
import { bytes, text } from './object-store-suite.ts';

/** What a store promises of bytes whose key is known only after they were written. */
export function describeStaging(name: string, make: () => Promise<StagingStore>): void {
  describe(`${name}, taking bytes before their key is known`, () => {
    it('publishes what was written when it is committed, and nothing before', async () => {
      const store = await make();
      const staged = await store.stage();
      await staged.write(bytes('one '));
      await staged.write(bytes('two'));
      expect(await store.list('')).toEqual([]);
      expect(await staged.commit('objects/a')).toBe('created');
      expect(text(await store.get('objects/a'))).toBe('one two');
      await staged.discard();
      expect(text(await store.get('objects/a'))).toBe('one two');
    });

    it('never overwrites', async () => {
      const store = await make();
      await store.putIfAbsent('objects/a', bytes('first'));
      const staged = await store.stage();
      await staged.write(bytes('second'));
      expect(await staged.commit('objects/a')).toBe('exists');
      expect(text(await store.get('objects/a'))).toBe('first');
    });

    it('forgets what was discarded', async () => {
      const store = await make();
      const staged = await store.stage();
      await staged.write(bytes('gone'));
      await staged.discard();
      await staged.discard();
      expect(await store.list('')).toEqual([]);
    });

    it('takes a chunk whose buffer is used again', async () => {
      const store = await make();
      const staged = await store.stage();
      const buffer = bytes('aaa');
      await staged.write(buffer);
      buffer.fill(0x62);
      await staged.write(buffer);
      await staged.commit('objects/a');
      expect(text(await store.get('objects/a'))).toBe('aaabbb');
    });

    it('commits only under keys that stay inside', async () => {
      const store = await make();
      const staged = await store.stage();
      await expect(staged.commit('../outside')).rejects.toMatchObject({ code: 'KEY_INVALID' });
      await staged.discard();
      expect(await store.list('')).toEqual([]);
    });

    it('publishes many at once, closed or not, in the order given', async () => {
      const store = await make();
      await store.putIfAbsent('objects/1', bytes('first'));
      const texts = Array.from({ length: 150 }, (_, index) => `text ${index}`);
      const puts = await Promise.all(
        texts.map(async (content, index) => {
          const staged = await store.stage();
          await staged.write(bytes(content));
          await staged.flush();
          if (index % 2 === 0) await staged.close();
          return { staged, key: `objects/${index}` };
        }),
      );
      const seen: string[] = [];
      const outcomes = await store.commitAll(puts, ({ key }) => seen.push(key));
      expect(outcomes).toEqual(texts.map((_, index) => (index === 1 ? 'exists' : 'created')));
      expect(seen.sort()).toEqual(puts.map(({ key }) => key).sort());
      expect(text(await store.get('objects/149'))).toBe('text 149');
      expect(text(await store.get('objects/1'))).toBe('first');
      expect(await store.list('')).toHaveLength(150);
      expect(await store.confirm(['objects/1', 'objects/absent', 'objects/2'])).toEqual([
        { sizeBytes: 5 },
        undefined,
        { sizeBytes: 6 },
      ]);
    });

    it('stops publishing many when it is told to', async () => {
      const store = await make();
      const staged = await store.stage();
      const stop = () => {
        throw new Error('stop');
      };
      await expect(store.commitAll([{ staged, key: 'objects/a' }], stop)).rejects.toThrow('stop');
      expect(await store.list('')).toEqual([]);
    });
  });
}
