import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { syncFolder } from '../storage/durable.ts';
import { objectKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import { type Manifest, type ManifestFile, totalSize } from './manifest.ts';

const FILES_AT_ONCE = 4;

/** Where in `folder` the file of a manifest is. The rules of manifests keep it inside. */
export function placeOf(folder: string, file: ManifestFile): string {
  return join(folder, ...file.path.split('/'));
}

/**
 * Makes `folder` and writes the manifest's files into it, each verified while it is copied, all of it durable. Throws `OBJECT_MISSING`
 * and `OBJECT_DAMAGED`; whoever called removes the folder then.
 */
export async function writeFiles(
  store: ObjectStore,
  manifest: Manifest,
  folder: string,
  { onProgress, signal }: OperationOptions,
): Promise<void> {
  const totalBytes = totalSize(manifest.files);
  let doneBytes = 0;
  const onBytes = (count: number) => {
    doneBytes += count;
    onProgress?.({ step: 'Restoring', doneBytes, totalBytes });
  };
  await mkdir(folder);
  const folders = foldersOf(manifest).map((path) => join(folder, ...path.split('/')));
  for (const path of folders) await mkdir(path);
  await eachOf(manifest.files, FILES_AT_ONCE, (file) =>
    writeObject(store, file, placeOf(folder, file), signal, onBytes),
  );
  for (const path of folders) await syncFolder(path);
  await syncFolder(folder);
}

/** The folders that the files need, outer ones first. */
function foldersOf(manifest: Manifest): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of manifest.files) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      folders.add(path.slice(0, slash));
  }
  return [...folders];
}

async function writeObject(
  store: ObjectStore,
  file: ManifestFile,
  target: string,
  signal: AbortSignal | undefined,
  onBytes: (count: number) => void,
): Promise<void> {
  throwIfCancelled(signal);
  const key = objectKey(file.sha256);
  const chunks = await store.getStream(key);
  if (!chunks) {
    throw new RegistryError(
      'OBJECT_MISSING',
      `${key}, the file ${file.path}, is missing from the registry. Put it back from a backup, or register the files again. Nothing was changed.`,
      { details: { key } },
    );
  }
  const handle = await open(target, 'wx', file.exec ? 0o755 : 0o644);
  try {
    if (await copyVerified(chunks, file, handle, signal, onBytes)) return await handle.sync();
  } finally {
    await handle.close();
  }
  throw new RegistryError(
    'OBJECT_DAMAGED',
    `${key}, the file ${file.path}, is damaged. Put it back from a backup, or delete it and register the files again. Nothing was changed.`,
    { details: { key } },
  );
}

async function copyVerified(
  chunks: AsyncIterable<Uint8Array>,
  file: ManifestFile,
  handle: FileHandle,
  signal: AbortSignal | undefined,
  onBytes: (count: number) => void,
): Promise<boolean> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunks) {
    throwIfCancelled(signal);
    size += chunk.length;
    if (size > file.size) return false;
    hash.update(chunk);
    await handle.writeFile(chunk);
    onBytes(chunk.length);
  }
  return size === file.size && hash.digest('hex') === file.sha256;
}
