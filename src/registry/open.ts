import type { Author, Registry, Via } from './api.ts';

export interface OpenOptions {
  /** The folder that holds `format.json`. */
  readonly dir: string;
  readonly author: Author;
  readonly via: Via;
  /** The built `worker.js`. Without it, bytes are hashed and copied on the calling thread. */
  readonly workerFile?: string;
  readonly clock?: () => number;
}

/** Opens an existing registry. Throws `REGISTRY_NOT_FOUND`, `FORMAT_NEWER`, `FORMAT_DAMAGED`. */
export async function openRegistry(_options: OpenOptions): Promise<Registry> {
  throw new Error('being written');
}

/**
 * Makes a registry in `dir`, or finds the one that is there (`isNew: false`).
 * Throws `NO_ATOMIC_CREATE` where the file system can't create a file exclusively and atomically.
 */
export async function initRegistry(_options: {
  readonly dir: string;
  readonly clock?: () => number;
}): Promise<{ readonly dir: string; readonly registryId: string; readonly isNew: boolean }> {
  throw new Error('being written');
}

export interface LocatedRegistry {
  /** Where the registry is, or where `init` would make it. */
  readonly dir: string;
  readonly exists: boolean;
  /** `explicit`: named by a flag or setting; `git`: inside git's common directory; `folder`: `.model-registry`. */
  readonly how: 'explicit' | 'git' | 'folder';
}

/**
 * Finds the registry for a folder: `explicit` if given, else in the git common directory, else `.model-registry` in the folder or one
 * above it. Works without git installed. Throws `REGISTRY_NOT_OWNED` where the folder found belongs to another user.
 */
export async function locateRegistry(_options: { readonly cwd: string; readonly explicit?: string }): Promise<LocatedRegistry> {
  throw new Error('being written');
}
