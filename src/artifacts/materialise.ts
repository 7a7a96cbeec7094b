import { createHash, randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { eachOf } from './each-of.ts';
import { digestArtifact, throwIfCancelled } from './intake.ts';
import { type Manifest, type ManifestFile, parseManifest } from './manifest.ts';

/** Says of a folder that a pull wrote it, and which artifact; only such a folder is ever replaced. */
export const PULL_MARKER = '.model-registry-pull.json';
const FILES_AT_ONCE = 4;
const markerSchema = v.looseObject({ artifact: v.string() });

export interface MaterialiseResult {
  readonly fileCount: number;
  readonly sizeBytes: number;
}

/**
 * Writes an artifact's files into the folder `to`, verified while they are copied, and puts the folder in place by a rename: what was
 * there stays whole until then. Throws `TARGET_NOT_EMPTY` for a folder that no pull wrote, `TARGET_MODIFIED` for one changed since,
 * `MANIFEST_MISSING`, `MANIFEST_DAMAGED`, `OBJECT_MISSING`, `OBJECT_DAMAGED`.
 */
export async function materialise(
  store: ObjectStore,
  request: { readonly digest: string; readonly to: string },
  options: OperationOptions = {},
): Promise<MaterialiseResult> {
  const to = resolve(request.to);
  const manifest = await readManifest(store, request.digest);
  const state = await targetState(to);
  if (state === 'foreign') {
    throw new RegistryError(
      'TARGET_NOT_EMPTY',
      `${to} isn't empty and wasn't written by Model Registry, so it is left alone. Choose a new or empty folder.`,
    );
  }
  if (state === 'changed') {
    throw new RegistryError(
      'TARGET_MODIFIED',
      `Files in ${to} were changed or added since they were restored, so it is left alone. Move them away, or choose another folder.`,
    );
  }
  const parent = dirname(to);
  await mkdir(parent, { recursive: true });
  const beside = join(await realpath(parent), `.${basename(to)}.${randomUUID()}`);
  const fresh = `${beside}.new`;
  try {
    await writeFiles(store, manifest, fresh, options);
    await writeFile(join(fresh, PULL_MARKER), `${JSON.stringify({ artifact: request.digest })}\n`);
    throwIfCancelled(options.signal);
    await replaceFolder(fresh, to, `${beside}.old`, state !== 'absent');
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { fileCount: manifest.files.length, sizeBytes: manifest.files.reduce((sum, file) => sum + file.size, 0) };
}

/**
 * A folder below `checkoutsDir` with the artifact's files, read-only, verified now: made at the first call, made again where it was
 * changed. Returns the file itself for an artifact of a single file.
 */
export async function checkout(
  store: ObjectStore,
  request: { readonly digest: string; readonly checkoutsDir: string },
  options: OperationOptions = {},
): Promise<{ readonly path: string }> {
  const manifest = await readManifest(store, request.digest);
  const folder = join(request.checkoutsDir, request.digest);
  const only = manifest.files.length === 1 ? manifest.files[0] : undefined;
  const path = only && !only.path.includes('/') ? join(folder, only.path) : folder;
  if (await holdsArtifact(folder, request.digest, options)) return { path };
  await mkdir(request.checkoutsDir, { recursive: true });
  const fresh = join(request.checkoutsDir, `.${request.digest}.${randomUUID()}`);
  try {
    await writeFiles(store, manifest, fresh, options);
    for (const file of manifest.files) await chmod(join(fresh, ...file.path.split('/')), file.exec ? 0o555 : 0o444);
    await replaceFolder(fresh, folder, `${fresh}.old`, (await lstatOf(folder)) !== undefined);
  } catch (error) {
    // Another process may have put the same folder there first.
    if (!(await holdsArtifact(folder, request.digest, options))) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { path };
}

/** The manifest with this digest. Throws `MANIFEST_MISSING` or `MANIFEST_DAMAGED`. */
export async function readManifest(store: ObjectStore, digest: string): Promise<Manifest> {
  const key = manifestKey(digest);
  const bytes = await store.get(key);
  if (!bytes) {
    throw new RegistryError(
      'MANIFEST_MISSING',
      `${key} is missing from the registry, so these files can't be restored. Put it back from a backup, or register them again.`,
    );
  }
  if (sha256Hex(bytes) !== digest) {
    throw new RegistryError(
      'MANIFEST_DAMAGED',
      `${key} is damaged, so these files can't be restored. Put it back from a backup, or register them again.`,
    );
  }
  return parseManifest(bytes);
}

async function writeFiles(
  store: ObjectStore,
  manifest: Manifest,
  folder: string,
  options: OperationOptions,
): Promise<void> {
  const totalBytes = manifest.files.reduce((sum, file) => sum + file.size, 0);
  let doneBytes = 0;
  await mkdir(folder);
  await eachOf(manifest.files, FILES_AT_ONCE, (file) =>
    writeObject(store, file, join(folder, ...file.path.split('/')), options.signal, (count) => {
      doneBytes += count;
      options.onProgress?.({ step: 'Restoring', doneBytes, totalBytes });
    }),
  );
}

async function writeObject(
  store: ObjectStore,
  file: ManifestFile,
  target: string,
  signal: AbortSignal | undefined,
  onBytes: (count: number) => void,
): Promise<void> {
  const key = objectKey(file.sha256);
  const chunks = await store.getStream(key);
  if (!chunks)
    throw new RegistryError(
      'OBJECT_MISSING',
      `${key}, the file ${file.path}, is missing from the registry. Put it back from a backup, or register the files again. Nothing was changed.`,
    );
  await mkdir(dirname(target), { recursive: true });
  const handle = await open(target, 'wx', file.exec ? 0o755 : 0o644);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of chunks) {
      throwIfCancelled(signal);
      size += chunk.length;
      if (size > file.size) break;
      hash.update(chunk);
      await handle.writeFile(chunk);
      onBytes(chunk.length);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (size === file.size && hash.digest('hex') === file.sha256) return;
  throw new RegistryError(
    'OBJECT_DAMAGED',
    `${key}, the file ${file.path}, is damaged. Put it back from a backup, or register the files again. Nothing was changed.`,
  );
}

type TargetState = 'absent' | 'empty' | 'ours' | 'foreign' | 'changed';

async function targetState(to: string): Promise<TargetState> {
  const found = await lstatOf(to);
  if (!found) return 'absent';
  if (!found.isDirectory()) {
    throw new RegistryError(
      'TARGET_NOT_FOLDER',
      `${to} is ${found.isSymbolicLink() ? 'a link' : 'a file'}, not a folder, so it is left alone. Choose a new or empty folder.`,
    );
  }
  const names = await readdir(to);
  if (names.length === 0) return 'empty';
  const marker = names.includes(PULL_MARKER) ? await readMarker(join(to, PULL_MARKER)) : undefined;
  if (marker === undefined) return 'foreign';
  return (await holdsArtifact(to, marker, {})) ? 'ours' : 'changed';
}

async function readMarker(file: string): Promise<string | undefined> {
  try {
    const parsed = v.safeParse(markerSchema, JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.output.artifact : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the folder holds just the files of the artifact, by their bytes. */
async function holdsArtifact(folder: string, digest: string, { signal }: OperationOptions): Promise<boolean> {
  if (!(await lstatOf(folder))?.isDirectory()) return false;
  try {
    const present = await digestArtifact({ paths: [folder], except: PULL_MARKER }, { signal });
    return present.digest === digest;
  } catch (error) {
    if (RegistryError.is(error) && error.code !== 'OPERATION_CANCELLED') return false;
    throw error;
  }
}

/** Puts `fresh` where `to` is. A crash between the two renames leaves what was there under `aside`, beside it. */
async function replaceFolder(fresh: string, to: string, aside: string, isPresent: boolean): Promise<void> {
  if (!isPresent) return rename(fresh, to);
  await rename(to, aside);
  try {
    await rename(fresh, to);
  } catch (error) {
    await rename(aside, to);
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

async function lstatOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
