import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../../../src/base/progress.ts';
import type { SyncReport } from '../../../src/registry/api/sharing.ts';
import { keepInSync } from '../../../src/registry/shared/keep-in-sync.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const NOTHING: SyncReport = { received: 0, sent: 0, refused: 0, published: 0, waiting: [] };

function kept() {
  let calls = 0;
  let isUp = true;
  const syncing = keepInSync({
    sync: async () => {
      calls += 1;
      if (!isUp) throw new Error('away');
      return NOTHING;
    },
    onChange() {},
    random: () => 0.5,
  });
  return {
    syncing,
    async callsWithin(milliseconds: number): Promise<number> {
      const before = calls;
      await vi.advanceTimersByTimeAsync(milliseconds);
      return calls - before;
    },
    goAway() {
      isUp = false;
    },
    comeBack() {
      isUp = true;
    },
  };
}

describe('a registry that is kept in sync', () => {
  it('is asked every few seconds while somebody looks, every minute otherwise, and at once when they come back', async () => {
    const { syncing, callsWithin } = kept();
    expect(await callsWithin(30_100)).toBe(11);
    syncing.setFocused(false);
    expect(await callsWithin(240_000)).toBeLessThanOrEqual(5);
    syncing.setFocused(true);
    expect(await callsWithin(10)).toBe(1);
  });

  it('is shared soon after a change, once for many', async () => {
    const { syncing, callsWithin } = kept();
    await callsWithin(10);
    for (let change = 0; change < 5; change += 1) syncing.soon();
    expect(await callsWithin(200)).toBe(1);
  });

  it('is asked less and less often while the storage is away', async () => {
    const { goAway, callsWithin } = kept();
    goAway();
    expect(await callsWithin(60_000)).toBeLessThanOrEqual(6);
    expect(await callsWithin(3_600_000)).toBeLessThanOrEqual(20);
  });

  it('is back to normal as soon as anybody has reached the storage', async () => {
    const { syncing, goAway, comeBack, callsWithin } = kept();
    goAway();
    await callsWithin(12 * 60_000);
    comeBack();
    syncing.reached();
    expect(await callsWithin(10_000)).toBeGreaterThanOrEqual(3);
  });

  it('brings files there beside the looks for others’ work, once at a time, until a person stops that', async () => {
    const looks: boolean[] = [];
    const ends: ((error?: Error) => void)[] = [];
    let waiting: SyncReport['waiting'] = [{ id: 'a', why: 'bytes' }];
    const transfers: (Progress | undefined)[] = [];
    const syncing = keepInSync({
      async sync({ withBytes }, { signal, onProgress }) {
        looks.push(withBytes);
        if (!withBytes) return { ...NOTHING, waiting };
        onProgress?.({ step: 'Uploading', doneBytes: 1, totalBytes: 2 });
        await new Promise<void>((done, fail) => {
          ends.push((error) => (error ? fail(error) : done()));
          signal?.addEventListener('abort', () => fail(new Error('cancelled')));
        });
        return NOTHING;
      },
      onChange() {},
      onTransfer: (progress) => transfers.push(progress),
      random: () => 0.5,
    });
    await vi.advanceTimersByTimeAsync(9100);
    expect(looks).toEqual([false, true, false, false, false]);
    expect(transfers).toMatchObject([{ doneBytes: 1 }]);
    syncing.setPaused(true);
    await vi.advanceTimersByTimeAsync(6000);
    expect(transfers.at(-1)).toBeUndefined();
    expect(looks.filter((withBytes) => withBytes)).toHaveLength(1);
    syncing.setPaused(false);
    await vi.advanceTimersByTimeAsync(10);
    expect(looks.filter((withBytes) => withBytes)).toHaveLength(2);
    // What fails is tried again later, and meanwhile others' work goes on showing.
    ends.at(-1)?.(new Error('damaged'));
    await vi.advanceTimersByTimeAsync(3100);
    expect(looks.filter((withBytes) => withBytes)).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(6000);
    expect(looks.filter((withBytes) => withBytes)).toHaveLength(3);
    waiting = [];
    ends.at(-1)?.();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks.filter((withBytes) => withBytes)).toHaveLength(3);
    await syncing.stop();
  });

  it('is left alone after the end', async () => {
    const { syncing, callsWithin } = kept();
    await callsWithin(10);
    await syncing.stop();
    syncing.soon();
    syncing.setFocused(false);
    syncing.setFocused(true);
    expect(await callsWithin(600_000)).toBe(0);
  });
});
