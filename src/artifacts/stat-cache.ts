import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { systemClock } from '../base/clock.ts';
import { isSha256Hex, sha256Hex } from '../base/hash.ts';
import { readRegular } from '../storage/regular-file.ts';
import { replaceFile } from '../storage/replace-file.ts';

const MAX_ENTRIES = 50_000;
const MAX_BYTES = 32 * 1024 * 1024;
/**
 * A file may be written twice within one tick of its file system's clock, 2 s at most (FAT): one that was changed so shortly before it
 * was read could change again without showing it.
 */
const RACY_MS = 2500;

const sha256Schema = v.pipe(v.string(), v.check(isSha256Hex));
/** The digest of a path, as paths tell of folders of this person; the state of the file; its digest. */
const linesSchema = v.array(v.tuple([sha256Schema, v.string(), sha256Schema]));

/** Digests of files that were read before, so that unchanged ones needn't be read again. */
export interface StatCache {
  /** The SHA-256 of a file, if it is the same as when it was last read. */
  find(source: string, stats: BigIntStats): string | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  /** `readAtMs` is when reading began, by `now`; `stats` held before and after it. */
  remember(source: string, stats: BigIntStats, sha256: string, readAtMs: number): void;
  /** Keeps it for the next one. A cache that can't be kept is no failure. */
  save(): Promise<void>;
}

/** The cache of the registry in `storeDir`. */
export function statCacheOf(storeDir: string): Promise<StatCache> {
  return openStatCache({ file: join(storeDir, 'read-files.json') });
}

export interface StatCacheOptions {
  readonly file: string;
  readonly clock?: () => number;
}

/**
 * Reads the cache in `file`; one that is missing, damaged or too large is empty. It is derived and bounded. Its first line is the
 * SHA-256 of the rest.
 */
export async function openStatCache({ file, clock = systemClock }: StatCacheOptions): Promise<StatCache> {
  const entries = await readEntries(file);
  let isChanged = false;
  return {
    now: clock,
    find(source, stats) {
      const entry = entries.get(sha256Hex(source));
      return entry?.stamp === stampOf(stats) ? entry.sha256 : undefined;
    },
    remember(source, stats, sha256, readAtMs) {
      const key = sha256Hex(source);
      isChanged = entries.delete(key) || isChanged;
      const changedAtMs = Number(stats.mtimeNs > stats.ctimeNs ? stats.mtimeNs : stats.ctimeNs) / 1e6;
      if (changedAtMs > readAtMs - RACY_MS) return;
      entries.set(key, { stamp: stampOf(stats), sha256 });
      isChanged = true;
    },
    async save() {
      if (!isChanged) return;
      isChanged = false;
      // The oldest go first.
      const kept = [...entries].slice(-MAX_ENTRIES).map(([key, { stamp, sha256 }]) => [key, stamp, sha256]);
      await replaceFile(file, encode(kept)).catch(() => undefined);
    },
  };
}

interface Entry {
  readonly stamp: string;
  readonly sha256: string;
}

function stampOf({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): string {
  return [size, mtimeNs, ctimeNs, ino, dev].join(' ');
}

async function readEntries(file: string): Promise<Map<string, Entry>> {
  try {
    if ((await stat(file)).size > MAX_BYTES) return new Map();
    const text = await readRegular(file);
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, Math.max(0, end)) !== sha256Hex(body)) return new Map();
    const lines = v.parse(linesSchema, JSON.parse(body));
    return new Map(lines.map(([key, stamp, sha256]) => [key, { stamp, sha256 }]));
  } catch {
    // Derived: whatever is wrong with it, files are read instead.
    return new Map();
  }
}

function encode(lines: readonly (readonly string[])[]): string {
  const body = JSON.stringify(lines);
  if (body.length > MAX_BYTES / 4) return encode(lines.slice(Math.ceil(lines.length / 2)));
  return `${sha256Hex(body)}\n${body}`;
}
