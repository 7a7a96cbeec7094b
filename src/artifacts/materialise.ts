import { rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { makeFolders } from '../storage/make-folders.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { hasCode } from '../storage/system-errors.ts';
import { throwIfCancelled } from './cancel.ts';
import { totalSize } from './manifest.ts';
import { PULL_MARKER } from './manifest-path.ts';
import { readManifest } from './read-manifest.ts';
import { swapFolder, sweepLeftovers, temporaryFolder } from './swap-folder.ts';
import { inspectTarget, markerText, targetError } from './target-folder.ts';
import { writeFiles } from './write-files.ts';

export interface MaterialiseRequest {
  /** SHA-256 of the artifact's manifest. */
  readonly digest: string;
  readonly to: string;
}

export interface MaterialiseResult {
  readonly fileCount: number;
  readonly sizeBytes: number;
}

/**
 * Writes an artifact's files into the folder `to`, verified while they are copied, and puts the folder in place by a rename: what was
 * there stays whole until then, and for good after a throw. A mount point, or the folder this process works in, is filled file by file.
 *
 * Throws `TARGET_NOT_EMPTY` for a folder that no pull wrote, `TARGET_MODIFIED` for one changed since, `TARGET_NOT_FOLDER`, `TARGET_FULL`,
 * `TARGET_UNWRITABLE`, `MANIFEST_MISSING`, `MANIFEST_DAMAGED`, `OBJECT_MISSING`, `OBJECT_DAMAGED`, `OPERATION_CANCELLED`.
 */
export async function materialise(
  store: ObjectStore,
  request: MaterialiseRequest,
  options: OperationOptions = {},
): Promise<MaterialiseResult> {
  const { digest } = request;
  const to = resolve(request.to);
  const manifest = await readManifest(store, digest);
  const { files } = manifest;
  const result = { fileCount: files.length, sizeBytes: totalSize(files) };
  try {
    const target = await inspectTarget(to, options);
    if (target.kind === 'pulled' && target.digest === digest && target.isExact) return result;
    const present = target.kind === 'absent' ? undefined : target;
    const parent = present?.mustStay ? to : dirname(to);
    const made = await makeParent(parent, to);
    await sweepLeftovers(parent, isUnchangedPull);
    const fresh = temporaryFolder(parent);
    try {
      await writeFiles(store, manifest, fresh, options);
      await writeFile(join(fresh, PULL_MARKER), markerText(digest, files), { flush: true });
      throwIfCancelled(options.signal);
      await swapFolder(fresh, to, present);
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      await removeEmpty(parent, made);
      throw error;
    }
    return result;
  } catch (error) {
    throw targetError(to, error);
  }
}

/** Returns the outermost folder that it had to make. */
async function makeParent(parent: string, to: string): Promise<string | undefined> {
  try {
    return await makeFolders(parent);
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST', 'ENOTDIR')) throw cause;
    throw new RegistryError(
      'TARGET_NOT_FOLDER',
      `${to} can't be made, because a part of that path is a file. Choose another folder.`,
      { cause },
    );
  }
}

async function removeEmpty(folder: string, outermost: string | undefined): Promise<void> {
  if (outermost === undefined) return;
  try {
    for (let path = folder; path.length >= outermost.length; path = dirname(path)) await rmdir(path);
  } catch {
    // Somebody else has put something there since.
  }
}

async function isUnchangedPull(folder: string): Promise<boolean> {
  return inspectTarget(folder, {}).then(
    () => true,
    () => false,
  );
}
