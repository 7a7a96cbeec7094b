import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { isKeyName } from './keys.ts';
import { isAbsent, reading } from './system-errors.ts';

/** The keys of the files in `folder` and below, in order; names that can't be in a key, and links, are passed over. */
export async function* keysBelow(
  fs: FileSystem,
  folder: string,
  prefix: string,
  after: string | undefined,
): AsyncGenerator<string> {
  for (const { name, isFolder } of await entriesOf(fs, folder, prefix, after)) {
    const key = prefix + name;
    if (isFolder) {
      if (!isBefore(`${key}/`, after)) yield* keysBelow(fs, join(folder, name), `${key}/`, after);
    } else if (after === undefined || key > after) {
      yield key;
    }
  }
}

/** True where every key that starts with `prefix` comes before `after`, so that the folder needn't be read. */
function isBefore(prefix: string, after: string | undefined): boolean {
  return after !== undefined && prefix < after && !after.startsWith(prefix);
}

async function entriesOf(
  fs: FileSystem,
  folder: string,
  prefix: string,
  after: string | undefined,
): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
  const entries = await reading(folder, () =>
    fs.readdir(folder).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    }),
  );
  return (
    entries
      // A log has very many entries, nearly all of which nobody asks for.
      .filter(
        (entry) => (after === undefined || entry.isDirectory() || prefix + entry.name > after) && isKeyName(entry.name),
      )
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      // A folder stands where its keys stand: "a-b" before "a/c" before "a0".
      .sort((a, b) => (sortName(a) < sortName(b) ? -1 : 1))
  );
}

function sortName(entry: { readonly name: string; readonly isFolder: boolean }): string {
  return entry.isFolder ? `${entry.name}/` : entry.name;
}
