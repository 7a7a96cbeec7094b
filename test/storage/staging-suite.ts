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
  });
}
