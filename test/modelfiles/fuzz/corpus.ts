import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of one model, by their paths. */
export type Files = ReadonlyMap<string, Uint8Array>;

const FIXTURES = join(import.meta.dirname, '../fixtures');

/** The models that real frameworks wrote, to be changed. */
export async function corpus(): Promise<readonly Files[]> {
  const models: Files[] = [];
  for (const format of (await readdir(FIXTURES)).sort())
    for (const name of (await readdir(join(FIXTURES, format))).sort()) {
      const folder = join(FIXTURES, format, name, 'model');
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = new Map<string, Uint8Array>();
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        files.set(file.slice(folder.length + 1).replaceAll('\\', '/'), await readFile(file));
      }
      models.push(new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))));
    }
  return models;
}
