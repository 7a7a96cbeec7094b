import type { Page } from '../catalog/paging.ts';

/** How many entries people get who don't say how many they want. */
export const SHOWN = 50;
const PAGE = 500;

/** Up to `limit` entries of all pages, or all of them; `hasMore` where some were left. */
export async function collectPages<T>(
  page: (request: { readonly limit: number; readonly cursor?: string }) => Promise<Page<T>>,
  limit: number | undefined,
): Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const left = limit === undefined ? PAGE : limit - items.length;
    const { items: more, next } = await page({
      limit: Math.min(left, PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...more);
    cursor = next;
  } while (cursor !== undefined && (limit === undefined || items.length < limit));
  return { items, hasMore: cursor !== undefined };
}
