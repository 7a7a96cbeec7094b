import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { heartbeat } from '../../src/webviews/shared/heartbeat.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setUp() {
  const told: boolean[] = [];
  const host = { isThere: true, asked: 0 };
  const beating = heartbeat(
    () => {
      host.asked += 1;
      if (host.isThere) beating.heard();
    },
    (isSilent) => told.push(isSilent),
  );
  return { told, host, beating };
}

describe('the heartbeat of an extension', () => {
  it('is felt for only while something is awaited', () => {
    const { beating, host } = setUp();
    vi.advanceTimersByTime(60_000);
    expect(host.asked).toBe(0);
    beating.await(true);
    vi.advanceTimersByTime(3000);
    beating.await(false);
    vi.advanceTimersByTime(60_000);
    expect(host.asked).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has it taken for alive, however long its work takes', () => {
    const { told, beating } = setUp();
    beating.await(true);
    vi.advanceTimersByTime(3_600_000);
    expect(told).toEqual([]);
  });

  it('tells once that it is missed, and when it is back, although nothing is awaited any more', () => {
    const { told, host, beating } = setUp();
    beating.await(true);
    host.isThere = false;
    vi.advanceTimersByTime(5000);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([true]);
    beating.await(false);
    host.isThere = true;
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([true, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('isn’t missed by a machine that slept', () => {
    const { told, host, beating } = setUp();
    beating.await(true);
    vi.advanceTimersByTime(1000);
    vi.setSystemTime(Date.now() + 3_600_000);
    host.isThere = false;
    vi.advanceTimersByTime(2000);
    expect(told).toEqual([]);
  });
});
