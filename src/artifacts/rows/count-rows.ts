import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { throwIfCancelled } from '../cancel.ts';
import { delimitedRows, jsonLineRows, type RowCounter } from './line-rows.ts';
import { parquetRows } from './parquet-rows.ts';

/** A larger text isn't read a second time to count its rows. */
const MAX_TEXT_BYTES = 2 * 1024 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

export type TableKind = 'delimited' | 'lines' | 'parquet';

/** What kind of table a file is by its name, where its rows can be counted at little cost. */
export function tableKind(path: string, sizeBytes: number): TableKind | undefined {
  if (/\.parquet$/i.test(path)) return 'parquet';
  if (sizeBytes > MAX_TEXT_BYTES) return undefined;
  if (/\.(?:csv|tsv)$/i.test(path)) return 'delimited';
  return /\.(?:jsonl|ndjson)$/i.test(path) ? 'lines' : undefined;
}

export interface CountRequest {
  readonly file: string;
  readonly kind: TableKind;
  /** A file of another size is another one by now. */
  readonly sizeBytes: number;
}

/**
 * How many rows a table has: CSV and TSV without the line of names, JSON Lines, and Parquet by its footer. Undefined where it isn't what it
 * should be, or can't be read.
 */
export async function countRows(
  { file, kind, sizeBytes }: CountRequest,
  signal?: AbortSignal,
): Promise<number | undefined> {
  try {
    // A pipe that has taken the file's place would otherwise be waited for.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if ((await handle.stat()).size !== sizeBytes) return undefined;
      if (kind === 'parquet') return await parquetRows(handle, sizeBytes);
      return await textRows(handle, kind === 'delimited' ? delimitedRows() : jsonLineRows(), sizeBytes, signal);
    } finally {
      await handle.close();
    }
  } catch {
    throwIfCancelled(signal);
    // The digest is what counts: a version isn't refused for a number that is only told beside it.
    return undefined;
  }
}

async function textRows(
  handle: FileHandle,
  counter: RowCounter,
  sizeBytes: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const buffer = Buffer.alloc(READ_BYTES);
  for (let position = 0; position < sizeBytes; ) {
    throwIfCancelled(signal);
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, sizeBytes - position), position);
    if (bytesRead === 0) break;
    counter.add(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return counter.rows();
}
