import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationOptions } from '../base/progress.ts';
import { digestArtifact, type IntakeResult } from './intake.ts';
import type { ManifestFile } from './manifest.ts';
import { countRows, tableKind } from './rows/count-rows.ts';
import { rowCacheOf } from './rows/row-cache.ts';
import { statCacheOf } from './stat-cache.ts';

/** Of folders with more files nobody counts rows. */
const MAX_TABLES = 2000;

export interface DigestRequest {
  /** Files and folders, absolute. */
  readonly paths: readonly string[];
  /** Whether the rows are counted, where there is one path and all its files are tables. */
  readonly withRows?: boolean;
}

export interface DigestResult extends IntakeResult {
  readonly rows?: number;
}

/** What an intake would return, and how many rows data has. What was read before isn't read again. Throws what `digestArtifact` throws. */
export async function digestFiles(
  { paths, withRows }: DigestRequest,
  storeDir: string,
  options: OperationOptions = {},
): Promise<DigestResult> {
  const result = await digestArtifact({ paths, except: storeDir, cache: await statCacheOf(storeDir) }, options);
  const [path] = paths;
  if (!withRows || path === undefined || paths.length > 1) return result;
  const rows = await rowsOf(path, result.files, storeDir, options.signal);
  return rows === undefined ? result : { ...result, rows };
}

async function rowsOf(
  path: string,
  files: readonly ManifestFile[],
  storeDir: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  if (files.length > MAX_TABLES) return undefined;
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  const tables = files.flatMap((file) => {
    const kind = tableKind(file.path, file.size);
    const place = isFile ? path : join(path, file.path);
    return kind === undefined ? [] : [{ file: place, kind, sizeBytes: file.size, sha256: file.sha256 }];
  });
  if (tables.length < files.length) return undefined;
  const cache = await rowCacheOf(storeDir);
  let total = 0;
  for (const { sha256, ...table } of tables) {
    const rows = cache.find(table.kind, sha256) ?? (await countRows(table, signal));
    if (rows === undefined) return undefined;
    cache.remember(table.kind, sha256, rows);
    total += rows;
  }
  await cache.save();
  return total;
}
