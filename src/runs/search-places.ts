import type { NearOutputs } from './belonging.ts';
import { pathBelow } from './paths.ts';
import type { RunFiles } from './run-files.ts';
import type { RunReader } from './run-reader.ts';

/** Folders that hold no runs. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'env']);
/** Folders of folders of runs are entered this deep from the workspace and from the folders that the outputs lie in. */
const MAX_DEPTH = 4;
const MAX_FOLDERS = 1000;

export interface FoundPlace {
  readonly reader: RunReader;
  /** Relative to the workspace. */
  readonly place: string;
}

/**
 * Where runs may be told of that wrote the outputs: in the folders around them, up to the workspace's root, and in those below these.
 * The nearest come first, so that a large workspace is searched where it matters.
 */
export async function placesNear(
  files: RunFiles,
  outputs: NearOutputs,
  readers: readonly RunReader[],
): Promise<readonly FoundPlace[]> {
  const found = new Map<string, FoundPlace>();
  const queue = foldersAround(outputs).map((folder) => ({ folder, depth: 0 }));
  const seen = new Set(queue.map(({ folder }) => folder));
  for (let next = queue.shift(), count = 0; next && count < MAX_FOLDERS; next = queue.shift(), count += 1) {
    const { folder, depth } = next;
    const entries = await files.list(folder);
    const taken = new Set<string>();
    for (const reader of readers) {
      for (const place of reader.recognise(folder, entries)) {
        taken.add(place);
        found.set(`${reader.tracker}\0${place}`, { reader, place });
      }
    }
    if (depth >= MAX_DEPTH) continue;
    for (const { name, isFolder } of entries) {
      const place = pathBelow(folder, name);
      if (!isFolder || taken.has(place) || seen.has(place) || name.startsWith('.') || SKIPPED.has(name)) continue;
      seen.add(place);
      queue.push({ folder: place, depth: depth + 1 });
    }
  }
  return [...found.values()];
}

/** The folders of the outputs, which may be folders themselves, and all above, nearest first. */
function foldersAround(outputs: NearOutputs): readonly string[] {
  const folders = new Set<string>();
  for (const path of outputs.paths) {
    const names = path === '' ? [] : path.split('/');
    for (let depth = names.length; depth >= 0; depth -= 1) folders.add(names.slice(0, depth).join('/'));
  }
  if (folders.size === 0) folders.add('');
  return [...folders].sort((a, b) => depthOf(b) - depthOf(a));
}

function depthOf(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}
