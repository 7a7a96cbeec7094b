import { throwIfCancelled } from '../artifacts/cancel.ts';
import { isSkippedFolder } from '../outputs/finding/model-names.ts';
import { pathBelow } from '../runs/paths.ts';
import type { RunFiles } from '../runs/run-files.ts';
import type { FolderEntry } from '../runs/run-reader.ts';

const MAX_DEPTH = 6;
const MAX_FOLDERS = 3000;
/** Folders in which sources keep what they have; they are looked for, and not models in them. */
const OF_SOURCES = /^(?:mlruns|wandb|hub|artifacts|(?:models)--.+)$|cache$/i;

export interface WalkedFolder {
  readonly folder: string;
  readonly entries: readonly FolderEntry[];
}

/** Names the paths, relative to the root, that nothing more is looked for in. */
export type Recogniser = (walked: WalkedFolder) => readonly string[];

/**
 * Shows every folder of a workspace to `recognise`, breadth first, without those that it takes, tools' and hidden ones. True where there
 * was more than is looked through.
 */
export async function walkFolders(files: RunFiles, recognise: Recogniser, signal?: AbortSignal): Promise<boolean> {
  const queue = [{ folder: '', depth: 0 }];
  for (let next = queue.shift(), count = 0; next; next = queue.shift(), count += 1) {
    throwIfCancelled(signal);
    if (count >= MAX_FOLDERS) return true;
    const { folder, depth } = next;
    // What a link leads to is found where it is; links can lead in circles.
    const entries = (await files.list(folder)).filter(({ isFolder, isLink }) => !(isFolder && isLink));
    const taken = new Set(recognise({ folder, entries }));
    if (taken.has(folder) || depth >= MAX_DEPTH) continue;
    for (const { name, isFolder } of entries) {
      const place = pathBelow(folder, name);
      if (!isFolder || taken.has(place) || name.startsWith('.')) continue;
      if (isSkippedFolder(name) && !OF_SOURCES.test(name)) continue;
      queue.push({ folder: place, depth: depth + 1 });
    }
  }
  return false;
}
