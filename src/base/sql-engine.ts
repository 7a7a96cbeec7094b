import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import initSqlJs, { type SqlJsStatic } from 'sql.js';

/** SQLite in a memory of its own, which goes when nobody has it any more. Takes some 10 ms. */
export async function loadSqlEngine(): Promise<SqlJsStatic> {
  // The bundles stand beside a copy of the engine; the sources find it in its package.
  const places = [
    join(import.meta.dirname, 'sql-wasm.wasm'),
    join(import.meta.dirname, '../../node_modules/sql.js/dist/sql-wasm.wasm'),
  ];
  const file = places.find((place) => existsSync(place)) ?? join(import.meta.dirname, 'sql-wasm.wasm');
  const wasm = new Uint8Array(await readFile(file));
  return initSqlJs({ wasmBinary: wasm.buffer });
}
