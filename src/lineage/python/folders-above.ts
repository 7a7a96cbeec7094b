import { dirname, join } from 'node:path';
import { isFile, isFolder } from './small-file.ts';

const MAX_LEVELS = 10;

/** A folder and those above it up to the root of its repository, nearest first; the folder alone where there is no repository. */
export function foldersAbove(folder: string): readonly string[] {
  const folders: string[] = [];
  for (let place = folder; folders.length < MAX_LEVELS; place = dirname(place)) {
    folders.push(place);
    // In a worktree or submodule `.git` is a file.
    if (isFolder(join(place, '.git')) || isFile(join(place, '.git'))) return folders;
    if (dirname(place) === place) break;
  }
  return [folder];
}
