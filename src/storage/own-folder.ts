import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, placeTag, startOf } from './process-alive.ts';

/** Which machine, process and start of it a folder is of; the rest is by chance. */
const NAME = /^model-registry-(?:after|file|gate|patch|tree)-([0-9a-f]{8})-([1-9]\d{0,9})-(\d{1,20})-[A-Za-z0-9]{6}$/;
const MAX_REMOVED = 100;

/** What is in it: a version for commands of gates or after a transition, a model file that is looked at, an index with patches, trees of git. */
type Kind = 'after' | 'file' | 'gate' | 'patch' | 'tree';

/**
 * Makes a folder for what is needed for a while, among the system's temporary ones. Its name tells which process uses it:
 * those of processes that ended without removing theirs are removed first. Whoever makes it removes it.
 */
export async function makeOwnFolder(kind: Kind): Promise<string> {
  await sweepOwnFolders();
  return mkdtemp(join(tmpdir(), `model-registry-${kind}-${placeTag()}-${process.pid}-${startOf(process.pid)}-`));
}

async function sweepOwnFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names.filter(isLeft).slice(0, MAX_REMOVED)) {
    const folder = join(tmpdir(), name);
    try {
      // Of anybody's making in a folder that all can write to: links and what others own stay.
      const found = await lstat(folder);
      if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid)) continue;
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Space, and no more. Another process may be at it.
    }
  }
}

function isLeft(name: string): boolean {
  const [, place, number, start] = NAME.exec(name) ?? [];
  if (number === undefined || place !== placeTag()) return false;
  return !isAlive(Number(number), start);
}
