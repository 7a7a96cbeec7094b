import type { Page, PageRequest } from '../../catalog/paging.ts';

const LARGEST_PAGE = 1000;

export interface Entries<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
}

/** The first `count` entries of a list that is given in pages. */
export async function firstEntries<T>(
  load: (page: PageRequest) => Promise<Page<T>>,
  count: number,
): Promise<Entries<T>> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(count - items.length, LARGEST_PAGE);
    const page = await load({ limit, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && items.length < count);
  return { items, hasMore: cursor !== undefined };
}
