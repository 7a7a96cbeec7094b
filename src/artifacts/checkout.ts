import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationOptions } from '../base/progress.ts';
import { isThere } from '../storage/is-there.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { isAbsent, retryWhileBusy, writing } from '../storage/system-errors.ts';
import { throwIfCancelled } from './cancel.ts';
import { compareFolder, contentsOf } from './compare-folder.ts';
import type { Manifest } from './manifest.ts';
import { readManifest } from './read-manifest.ts';
import { sweepLeftovers, temporaryFolder } from './swap-folder.ts';
import { placeOf, writeFiles } from './write-files.ts';

export interface CheckoutRequest {
  /** SHA-256 of the artifact's manifest. */
  readonly digest: string;
  /** The folder for checkouts, one folder each; made where it is absent. */
  readonly checkoutsDir: string;
}

/**
 * A folder below `checkoutsDir` with the artifact's files, read-only, verified now: made at the first call, made again where it was
 * changed. Returns the file itself for an artifact of a single file. Throws `MANIFEST_MISSING`, `MANIFEST_DAMAGED`, `OBJECT_MISSING`,
 * `OBJECT_DAMAGED`, `STORAGE_FULL`, `STORAGE_READONLY`, `STORAGE_FAILED`, `OPERATION_CANCELLED`.
 */
export async function checkout(
  store: ObjectStore,
  request: CheckoutRequest,
  options: OperationOptions = {},
): Promise<{ readonly path: string }> {
  const { digest, checkoutsDir } = request;
  const manifest = await readManifest(store, digest);
  const folder = join(checkoutsDir, digest);
  const [first] = manifest.files;
  const isSingle = manifest.files.length === 1 && first && !first.path.includes('/');
  const path = isSingle ? placeOf(folder, first) : folder;
  await writing(folder, async () => {
    if (!(await isExact(folder, manifest, options))) await makeCheckout(store, manifest, folder, checkoutsDir, options);
  });
  return { path };
}

async function makeCheckout(
  store: ObjectStore,
  manifest: Manifest,
  folder: string,
  checkoutsDir: string,
  options: OperationOptions,
): Promise<void> {
  await mkdir(checkoutsDir, { recursive: true });
  await sweepLeftovers(checkoutsDir, async () => true);
  const fresh = temporaryFolder(checkoutsDir);
  const aside = `${fresh}-old`;
  try {
    await writeFiles(store, manifest, fresh, options);
    for (const file of manifest.files) await chmod(placeOf(fresh, file), file.exec ? 0o555 : 0o444);
    throwIfCancelled(options.signal);
    while (!(await putInPlace(fresh, folder))) {
      // Another process may have put the same there meanwhile.
      if (await isExact(folder, manifest, options)) return;
      await removeAll(aside);
      await moveAside(folder, aside);
    }
  } finally {
    await removeAll(fresh);
    await removeAll(aside);
  }
}

/** False where something else has the name. */
async function putInPlace(fresh: string, folder: string): Promise<boolean> {
  try {
    await retryWhileBusy(() => rename(fresh, folder));
    return true;
  } catch (error) {
    if (await isThere(folder)) return false;
    throw error;
  }
}

async function moveAside(folder: string, aside: string): Promise<void> {
  try {
    await retryWhileBusy(() => rename(folder, aside));
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

/** What can't be removed now is swept another day. */
async function removeAll(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

async function isExact(folder: string, manifest: Manifest, options: OperationOptions): Promise<boolean> {
  const contents = await contentsOf(folder);
  if (!contents) return false;
  return (await compareFolder(folder, contents, manifest.files, options)).isExact;
}
