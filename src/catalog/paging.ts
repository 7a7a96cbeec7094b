import { RegistryError } from '../base/errors.ts';

export interface PageRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

/** `next` is the cursor of the following page, absent on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/** A page's size, 50 unless asked for, 1000 at most. */
export function limitOf(request: PageRequest | undefined): number {
  const limit = request?.limit ?? DEFAULT_LIMIT;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RegistryError('LIMIT_INVALID', `A page can't have ${limit} entries. Ask for 1 to ${MAX_LIMIT}.`);
  }
  return Math.min(limit, MAX_LIMIT);
}

/** The whole numbers that a cursor of ours is made of. */
export function numbersOfCursor(cursor: string, count: number): readonly number[] {
  const numbers = cursor.split('.').map(Number);
  if (numbers.length !== count || !numbers.every(Number.isSafeInteger)) {
    throw new RegistryError('CURSOR_INVALID', 'The cursor is none that a page gave. Start from the first page again.');
  }
  return numbers;
}

/** Makes a page of up to `limit` of the items, of which one more than that was asked for. */
export function pageOf<T>(items: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  if (items.length <= limit) return { items };
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return last === undefined ? { items: shown } : { items: shown, next: cursorOf(last) };
}
