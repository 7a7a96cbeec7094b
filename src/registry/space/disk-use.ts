import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eachOf } from '../../artifacts/each-of.ts';
import { isAbsent, reading } from '../../storage/system-errors.ts';
import type { DiskUse } from '../api/space.ts';
import type { Session } from '../session.ts';

const STATS_AT_ONCE = 32;

/** The parts of a registry's folder by what they hold, the largest first. Links aren't followed. */
export async function diskUse(session: Session): Promise<DiskUse> {
  const { dir } = session.location;
  const parts = new Map<string, { files: number; bytes: number }>();
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: unknown) =>
    reading(folderOf(error) ?? dir, () => Promise.reject(error)),
  );
  await eachOf(
    entries.filter((entry) => entry.isFile()),
    STATS_AT_ONCE,
    async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = nameOf(path.slice(dir.length + 1).replaceAll('\\', '/'));
      const size = await stat(path).then(
        (found) => found.size,
        (error: unknown) => {
          // Swept meanwhile.
          if (isAbsent(error)) return 0;
          throw error;
        },
      );
      const part = parts.get(name) ?? { files: 0, bytes: 0 };
      parts.set(name, { files: part.files + 1, bytes: part.bytes + size });
    },
  );
  const sorted = [...parts].map(([name, part]) => ({ name, ...part })).sort((a, b) => b.bytes - a.bytes);
  return { parts: sorted, totalBytes: sorted.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Which of the folders couldn't be read. */
function folderOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}

function nameOf(path: string): string {
  const [first = path, ...rest] = path.split('/');
  if (rest.length > 0) return first;
  return first.startsWith('catalog') ? 'catalog' : 'other';
}
