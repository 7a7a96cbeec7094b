import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { committedImage } from '../../../src/runs/sqlite/committed-image.ts';
import { readJournal } from '../../../src/runs/sqlite/journal.ts';
import { readWal } from '../../../src/runs/sqlite/wal.ts';
import { unpacked } from '../fixtures.ts';

const PAGE = 4096;
const main = await unpacked('mlflow-sqlite/wal.db.gz');
const wal = await unpacked('mlflow-sqlite/uncommitted.db-wal.gz');
const committed = await unpacked('mlflow-sqlite/wal.db-wal.gz');
const journal = await unpacked('mlflow-sqlite/journaled.db-journal.gz');

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}

describe('the committed state of a database', () => {
  it('is the main file where there is nothing beside it', () => {
    const image = committedImage(main, undefined, undefined);
    expect(same(image?.subarray(100), main.subarray(100))).toBe(true);
  });

  it('has every page of the commits in the write-ahead log, in their newest form, and none that is not committed', () => {
    const changes = readWal(committed, PAGE);
    expect(changes?.pages.size).toBeGreaterThan(3);
    expect([...(readWal(wal, PAGE)?.pages.keys() ?? [])]).toEqual([...(changes?.pages.keys() ?? [])]);
    const image = committedImage(main, wal, undefined);
    for (const [page, bytes] of changes?.pages ?? []) {
      // But for the two bytes that say that there is such a log.
      const start = page === 1 ? 100 : 0;
      expect(same(image?.subarray((page - 1) * PAGE + start, page * PAGE), bytes.subarray(start))).toBe(true);
    }
  });

  it('is that of some commit, wherever the write-ahead log is cut off or damaged', () => {
    const pageCounts = new Set<number>();
    fc.assert(
      fc.property(fc.nat(committed.length), fc.option(fc.nat(committed.length - 1)), (cut, flipped) => {
        const part = committed.slice(0, cut);
        if (flipped !== null && flipped < part.length) part[flipped] = (part[flipped] ?? 0) ^ 0x10;
        const changes = readWal(part, PAGE);
        pageCounts.add(changes?.pageCount ?? 0);
        const frames = Math.floor((Math.min(cut, flipped ?? cut) - 32) / (PAGE + 24));
        expect(changes?.pages.size ?? 0).toBeLessThanOrEqual(Math.max(0, frames));
        for (const [page, bytes] of changes?.pages ?? []) expect([page > 0, bytes.length]).toEqual([true, PAGE]);
      }),
      { numRuns: 200 },
    );
    expect(pageCounts.size).toBeGreaterThan(1);
  });

  it('is that before a transaction whose journal lies there', async () => {
    const torn = await unpacked('mlflow-sqlite/journaled.db.gz');
    const before = await unpacked('mlflow-sqlite/at-rest.db.gz');
    expect(same(torn, before)).toBe(false);
    expect(same(committedImage(torn, undefined, journal), committedImage(before, undefined, undefined))).toBe(true);
    // As a commit leaves it where journals are kept.
    const over = journal.slice().fill(0, 0, 28);
    expect(readJournal(over, PAGE)).toBeUndefined();
  });

  it('of any bytes is an image or nothing, never a crash', () => {
    const some = fc.uint8Array({ maxLength: 600 });
    fc.assert(
      fc.property(some, some, some, fc.boolean(), (a, b, c, isReal) => {
        const image = committedImage(isReal ? main.subarray(0, 8192) : a, b, c);
        expect(image === undefined || image.length % 512 === 0).toBe(true);
      }),
    );
  });

  it('is refused where a log claims more pages than memory has', () => {
    const huge = main.slice(0, PAGE);
    expect(committedImage(huge, undefined, undefined)?.length).toBe(PAGE);
    const lying = journal.slice();
    new DataView(lying.buffer).setUint32(16, 0x7fffffff);
    expect(committedImage(main, undefined, lying)?.length).toBeUndefined();
  });
});
