import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServingMachine } from '../../src/registry/api/serving.ts';
import { watchServing } from '../../src/workers/serving-watch.ts';

const machineAt = (isDrift: boolean, heardAt: string, number = 1): ServingMachine => ({
  id: 'a'.repeat(16),
  machine: 'gpu-1',
  ref: 'fraud@production',
  model: 'fraud',
  modelId: '01M84GD1DENREG1STRY0000000',
  state: 'serving',
  heardAt,
  version: { id: '01M84GD1DENREG1STRY0000001', number },
  isDrift,
});

describe('watching what machines report', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks seldom, and every few seconds while a machine is on its way to another version', async () => {
    let machines = [machineAt(false, 'first')];
    const looks: boolean[] = [];
    const onChange = vi.fn();
    const registry = {
      serving: async ({ isFresh = true } = {}) => {
        looks.push(isFresh);
        return machines;
      },
    };
    const watch = watchServing({ registry, onChange });
    await vi.advanceTimersByTimeAsync(61_000);
    expect(looks).toEqual([true, true, true]);
    // That it is still there is no news.
    machines = [machineAt(false, 'later')];
    await vi.advanceTimersByTimeAsync(30_000);
    expect(onChange).toHaveBeenCalledTimes(1);
    machines = [machineAt(true, 'later')];
    watch.soon();
    await vi.advanceTimersByTimeAsync(3100);
    expect(looks.slice(4)).toEqual([false, true]);
    machines = [machineAt(false, 'later', 2)];
    await vi.advanceTimersByTimeAsync(3100);
    expect(onChange).toHaveBeenCalledTimes(3);
    looks.length = 0;
    await vi.advanceTimersByTimeAsync(29_000);
    expect(looks).toEqual([]);
    watch.setFocused(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks.length).toBeLessThan(3);
    await watch.stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(looks.length).toBeLessThan(3);
  });
});
