import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey } from '../storage/layout.ts';
import type { StagedObject, StagingStore } from '../storage/object-store.ts';
import { eachOf } from './each-of.ts';
import { gatherFiles, type SourceFile, unreadable } from './gather.ts';
import { encodeManifest, type ManifestFile } from './manifest.ts';

const READ_BYTES = 1024 * 1024;
const FILES_AT_ONCE = 4;

export interface IntakeResult {
  /** SHA-256 of the manifest. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly files: readonly ManifestFile[];
}

/**
 * Hashes files and copies them into the store in one pass, then stores their manifest. A file that changes meanwhile ends it with
 * `FILE_CHANGED`. Objects may remain in the store after a throw; nothing refers to them.
 */
export async function intakeArtifact(
  store: StagingStore,
  request: { readonly paths: readonly string[] },
  options: OperationOptions = {},
): Promise<IntakeResult> {
  const result = await readArtifact(request.paths, options, 'Storing', store);
  await store.putIfAbsent(manifestKey(result.digest), result.manifest);
  return { digest: result.digest, sizeBytes: result.sizeBytes, files: result.files };
}

/** What `intakeArtifact` would return, without storing anything; the file at the root called `except` is left out. */
export async function digestArtifact(
  request: { readonly paths: readonly string[]; readonly except?: string },
  options: OperationOptions = {},
): Promise<IntakeResult> {
  const { digest, sizeBytes, files } = await readArtifact(request.paths, options, 'Hashing', undefined, request.except);
  return { digest, sizeBytes, files };
}

async function readArtifact(
  paths: readonly string[],
  options: OperationOptions,
  step: string,
  store: StagingStore | undefined,
  except?: string,
): Promise<IntakeResult & { readonly manifest: Uint8Array }> {
  const sources = (await gatherFiles(paths)).filter((file) => file.path !== except);
  let doneBytes = 0;
  const onBytes = (count: number) => {
    doneBytes += count;
    options.onProgress?.({ step, doneBytes });
  };
  const files = await eachOf(sources, FILES_AT_ONCE, (source) => readFile(source, store, onBytes, options.signal));
  const { bytes, digest } = encodeManifest(files);
  const sizeBytes = files.reduce((sum, file) => sum + file.size, 0);
  return { digest, sizeBytes, files, manifest: bytes };
}

async function readFile(
  { path, source }: SourceFile,
  store: StagingStore | undefined,
  onBytes: (count: number) => void,
  signal: AbortSignal | undefined,
): Promise<ManifestFile> {
  let handle: FileHandle;
  try {
    handle = await open(source, 'r');
  } catch (cause) {
    throw unreadable(source, cause);
  }
  let staged: StagedObject | undefined;
  try {
    const before = await handle.stat({ bigint: true });
    staged = await store?.stage();
    const { sha256, size } = await readThrough(handle, staged, onBytes, signal);
    const after = await handle.stat({ bigint: true });
    if (!isSame(before, after) || BigInt(size) !== after.size) {
      throw new RegistryError(
        'FILE_CHANGED',
        `${source} changed while it was read: it is still being written. Register it when training has finished. Nothing was changed.`,
      );
    }
    const outcome = await staged?.commit(objectKey(sha256));
    if (outcome === 'exists') await checkKnownObject(store, sha256, size);
    const isExecutable = process.platform !== 'win32' && (Number(after.mode) & 0o100) !== 0;
    return isExecutable ? { path, size, sha256, exec: true } : { path, size, sha256 };
  } finally {
    await staged?.discard();
    await handle.close();
  }
}

async function readThrough(
  handle: FileHandle,
  staged: StagedObject | undefined,
  onBytes: (count: number) => void,
  signal: AbortSignal | undefined,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(READ_BYTES);
  let size = 0;
  for (;;) {
    throwIfCancelled(signal);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), size };
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    await staged?.write(chunk);
    size += bytesRead;
    onBytes(bytesRead);
  }
}

/** An object that was there is trusted for its size; `verify` and every restore read it. */
async function checkKnownObject(store: StagingStore | undefined, sha256: string, size: number): Promise<void> {
  const head = await store?.head(objectKey(sha256));
  if (head?.sizeBytes === size) return;
  throw new RegistryError(
    'OBJECT_DAMAGED',
    `The registry's ${objectKey(sha256)} has ${head?.sizeBytes ?? 0} bytes instead of ${size}: it is damaged. Delete that file and register again; nothing was changed.`,
  );
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino;
}

/** Throws `OPERATION_CANCELLED` once the signal was given. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new RegistryError('OPERATION_CANCELLED', 'The operation was cancelled. Nothing was changed.');
}
