import { describe, expect, it } from 'vitest';
import type { PageRequest } from '../../../src/catalog/paging.ts';
import { firstEntries } from '../../../src/extension/models-tree/first-entries.ts';

/** A list of numbers that is given in pages of at most 1000, as the registry's lists are. */
function listOf(length: number) {
  const asked: PageRequest[] = [];
  const load = async (page: PageRequest) => {
    asked.push(page);
    const from = Number(page.cursor ?? 0);
    const to = Math.min(length, from + Math.min(page.limit ?? 50, 1000));
    const items = Array.from({ length: to - from }, (_, index) => from + index);
    return to < length ? { items, next: String(to) } : { items };
  };
  return { load, asked };
}

describe('the first entries of a list', () => {
  it('are all of a short one', async () => {
    expect(await firstEntries(listOf(3).load, 50)).toEqual({ items: [0, 1, 2], hasMore: false });
  });

  it('are as many as asked for, and say that there are more', async () => {
    const { items, hasMore } = await firstEntries(listOf(51).load, 50);
    expect([items.length, hasMore]).toEqual([50, true]);
  });

  it('come page by page where they are more than one page holds', async () => {
    const { load, asked } = listOf(2600);
    const { items, hasMore } = await firstEntries(load, 2500);
    expect(items).toEqual(Array.from({ length: 2500 }, (_, index) => index));
    expect(hasMore).toBe(true);
    expect(asked.map(({ limit }) => limit)).toEqual([1000, 1000, 500]);
  });

  it('end where an exact number was asked for', async () => {
    expect((await firstEntries(listOf(50).load, 50)).hasMore).toBe(false);
  });
});
