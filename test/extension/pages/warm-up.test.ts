import { describe, expect, it, vi } from 'vitest';
import { warmUp } from '../../../src/extension/pages/warm-up.ts';
import { makePlace } from '../../registry/opened.ts';

describe('what is read before the first page is opened', () => {
  /** A window with one registry, which tells what it was asked for. */
  async function openWindow(versions: number) {
    const place = await makePlace();
    const registry = await place.open();
    for (let number = 1; number <= versions; number += 1) {
      await registry.register({ model: 'fraud', paths: [await place.write('m.bin', `${number}`)] });
    }
    const asked: string[] = [];
    const calls = new Proxy(registry, {
      get(target, name: keyof typeof registry & string) {
        const method = target[name];
        if (typeof method !== 'function') return method;
        return async (params: never) => {
          asked.push(name);
          return (method as (given: never) => unknown).call(target, params);
        };
      },
    });
    const debug: string[] = [];
    const log = { debug: (message: string) => void debug.push(message) };
    const registries = {
      existing: async () => [{ dir: place.dir }],
      callsFor: async () => calls,
      directionsFor: async () => undefined,
    };
    return { asked, debug, registries, log };
  }

  it('is what a page and a comparison of the model that was trained last read', async () => {
    const { asked, registries, log } = await openWindow(3);
    warmUp({ registries, log, restMs: 0 });
    await vi.waitFor(() => expect(asked).toEqual(expect.arrayContaining(['show', 'compare'])));
  });

  it('is only what there is', async () => {
    const { asked, debug, registries, log } = await openWindow(1);
    const reading = vi.fn(registries.existing);
    warmUp({ registries: { ...registries, existing: reading }, log, restMs: 0 });
    await vi.waitFor(() => expect(asked).toContain('show'));
    expect(asked).not.toContain('compare');
    expect(debug).toEqual([]);
  });

  it('is nothing where the window closes first, and what fails is only noted', async () => {
    const { asked, debug, registries, log } = await openWindow(2);
    warmUp({ registries, log, restMs: 0 }).dispose();
    const existing = async () => {
      throw new Error('The disk is gone');
    };
    warmUp({ registries: { ...registries, existing }, log, restMs: 0 });
    await vi.waitFor(() => expect(debug).toEqual(['Nothing was read ahead: The disk is gone']));
    expect(asked).toEqual([]);
  });
});
