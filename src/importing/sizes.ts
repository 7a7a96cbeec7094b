import { pathBelow } from '../runs/paths.ts';
import type { RunFiles } from '../runs/run-files.ts';

const MAX_DEPTH = 8;
const MAX_FILES = 5000;

/** Of a file or folder: how many bytes it has, and when it was changed last; undefined where nothing is there, or nothing in it. */
export async function extentOf(
  path: string,
  files: RunFiles,
): Promise<{ readonly sizeBytes: number; readonly mtimeMs: number } | undefined> {
  const found = { sizeBytes: 0, mtimeMs: 0, count: 0 };
  const add = async (place: string, depth: number): Promise<void> => {
    const stat = await files.stat(place);
    if (!stat || found.count >= MAX_FILES) return;
    if (stat.isFolder) {
      if (depth < MAX_DEPTH)
        for (const { name } of await files.list(place)) await add(pathBelow(place, name), depth + 1);
      return;
    }
    found.count += 1;
    found.sizeBytes += stat.sizeBytes;
    found.mtimeMs = Math.max(found.mtimeMs, stat.mtimeMs);
  };
  await add(path, 0);
  return found.count === 0 ? undefined : { sizeBytes: found.sizeBytes, mtimeMs: found.mtimeMs };
}
