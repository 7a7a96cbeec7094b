import { contentsOf } from '../artifacts/compare-folder.ts';
import { sha256Hex } from '../base/hash.ts';

/**
 * What the files in a folder are by the account of the file system: another one when any of them was written, replaced, added or removed
 * since. No copy of the folder, and no repository, can bring the same one along. Undefined where there is no folder.
 */
export async function fingerprintOf(folder: string): Promise<string | undefined> {
  const contents = await contentsOf(folder);
  if (!contents) return undefined;
  const lines = [...contents].map(([path, { stats }]) =>
    [path, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('\0'),
  );
  return sha256Hex(lines.sort().join('\n'));
}
