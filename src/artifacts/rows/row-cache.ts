import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readRegular } from '../../storage/regular-file.ts';
import { replaceFile } from '../../storage/replace-file.ts';
import type { TableKind } from './count-rows.ts';

const MAX_ENTRIES = 20_000;
const MAX_BYTES = 4 * 1024 * 1024;
const COUNTERS = 1;

const cacheSchema = v.object({
  counters: v.literal(COUNTERS),
  rows: v.array(
    v.tuple([
      v.pipe(v.string(), v.regex(/^(?:delimited|lines|parquet) [0-9a-f]{64}$/)),
      v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    ]),
  ),
});

/** How many rows files have, by their digests. Derived and bounded; one that can't be read is empty, one that can't be kept no failure. */
export interface RowCache {
  find(kind: TableKind, sha256: string): number | undefined;
  remember(kind: TableKind, sha256: string, rows: number): void;
  save(): Promise<void>;
}

/** The cache of the registry in `storeDir`. */
export async function rowCacheOf(storeDir: string): Promise<RowCache> {
  const file = join(storeDir, 'read-rows.json');
  const entries = await entriesIn(file);
  let isChanged = false;
  return {
    find: (kind, sha256) => entries.get(`${kind} ${sha256}`),
    remember(kind, sha256, rows) {
      const key = `${kind} ${sha256}`;
      isChanged ||= entries.get(key) !== rows;
      entries.set(key, rows);
    },
    async save() {
      if (!isChanged) return;
      const text = JSON.stringify({ counters: COUNTERS, rows: [...entries].slice(-MAX_ENTRIES) });
      await replaceFile(file, text).catch(() => undefined);
    },
  };
}

async function entriesIn(file: string): Promise<Map<string, number>> {
  try {
    if ((await stat(file)).size > MAX_BYTES) return new Map();
    return new Map(v.parse(cacheSchema, JSON.parse(await readRegular(file))).rows);
  } catch {
    return new Map();
  }
}
