import { realpath } from 'node:fs/promises';
import { gitRoot } from '../registry/location.ts';

/**
 * The root of the repository around `folder` where git takes another tree, `top`, for that repository's: its configuration, which may have come with a download, can name any
 * (`core.worktree`). What git says of files is of those then. Undefined where `top` is the root.
 */
export async function rootBesides(folder: string, top: string): Promise<string | undefined> {
  const root = await gitRoot(folder);
  if (root === undefined) return undefined;
  // The other one may not even be there.
  return (await realpath(root)) === (await realpath(top).catch(() => undefined)) ? undefined : root;
}
