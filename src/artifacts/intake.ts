import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey } from '../storage/layout.ts';
import type { StagedObject, StagingStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import { gatherFiles, type SourceFile } from './gather.ts';
import { encodeManifest, type ManifestFile, totalSize } from './manifest.ts';
import { changedWhileRead, specialFile, unreadable } from './path-errors.ts';

const READ_BYTES = 1024 * 1024;
const FILES_AT_ONCE = 4;
const STATS_AT_ONCE = 16;

export interface IntakeRequest {
  /** Files and folders, absolute. */
  readonly paths: readonly string[];
  /** A folder that is passed over where it lies below a path: the registry that takes the files. */
  readonly except?: string;
}

export interface IntakeResult {
  /** SHA-256 of the manifest. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** In the manifest's order. */
  readonly files: readonly ManifestFile[];
}

/**
 * Hashes files and copies them into the store in one pass, then stores their manifest. Throws what `gatherFiles` throws, `FILE_CHANGED`
 * where a file changed since it began, and `OBJECT_DAMAGED` or `MANIFEST_DAMAGED` where the store has other bytes under the same name.
 * Objects may remain in the store after a throw; nothing refers to them.
 */
export async function intakeArtifact(
  store: StagingStore,
  request: IntakeRequest,
  options: OperationOptions = {},
): Promise<IntakeResult> {
  const { manifest, ...result } = await readArtifact(request, options, 'Storing', store);
  await storeManifest(store, result.digest, manifest);
  return result;
}

/** What `intakeArtifact` would return, without storing anything. */
export async function digestArtifact(request: IntakeRequest, options: OperationOptions = {}): Promise<IntakeResult> {
  const { manifest: _, ...result } = await readArtifact(request, options, 'Hashing', undefined);
  return result;
}

interface Source extends SourceFile {
  /** As the file was before any file was read. */
  readonly before: BigIntStats;
}

async function readArtifact(
  request: IntakeRequest,
  { onProgress, signal }: OperationOptions,
  step: string,
  store: StagingStore | undefined,
): Promise<IntakeResult & { readonly manifest: Uint8Array }> {
  const gathered = await gatherFiles(request.paths, { except: request.except, signal });
  const sources = await eachOf(gathered, STATS_AT_ONCE, async (file) => {
    throwIfCancelled(signal);
    return { ...file, before: await statOf(file.source) };
  });
  const totalBytes = sources.reduce((sum, { before }) => sum + Number(before.size), 0);
  let doneBytes = 0;
  const onBytes = (count: number) => {
    doneBytes += count;
    onProgress?.({ step, doneBytes, totalBytes });
  };
  const files = await eachOf(sources, FILES_AT_ONCE, (source) => readSource(source, store, onBytes, signal));
  // A file that was read first may have been written again while the others were read.
  await eachOf(sources, STATS_AT_ONCE, checkUnchanged);
  throwIfCancelled(signal);
  const { bytes, digest } = encodeManifest(files);
  const inOrder = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return { digest, sizeBytes: totalSize(files), files: inOrder, manifest: bytes };
}

async function readSource(
  source: Source,
  store: StagingStore | undefined,
  onBytes: (count: number) => void,
  signal: AbortSignal | undefined,
): Promise<ManifestFile> {
  throwIfCancelled(signal);
  const handle = await openSource(source);
  let staged: StagedObject | undefined;
  try {
    staged = await store?.stage();
    const { sha256, size } = await readThrough(source, handle, staged, onBytes, signal);
    const after = await handle.stat({ bigint: true });
    if (!isSame(source.before, after) || BigInt(size) !== after.size) throw changedWhileRead(source.source);
    await checkUnchanged(source);
    const outcome = await staged?.commit(objectKey(sha256));
    if (store && outcome === 'exists') await checkKnownObject(store, sha256, size);
    const isExecutable = process.platform !== 'win32' && (Number(after.mode) & 0o100) !== 0;
    return isExecutable ? { path: source.path, size, sha256, exec: true } : { path: source.path, size, sha256 };
  } finally {
    await staged?.discard();
    await handle.close();
  }
}

async function openSource({ source }: Source): Promise<FileHandle> {
  try {
    return await open(source, 'r');
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

async function readThrough(
  { source, before }: Source,
  handle: FileHandle,
  staged: StagedObject | undefined,
  onBytes: (count: number) => void,
  signal: AbortSignal | undefined,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(Math.min(READ_BYTES, Number(before.size) + 1));
  let size = 0;
  for (;;) {
    throwIfCancelled(signal);
    const bytesRead = await readAt(source, handle, buffer, size);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), size };
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    await staged?.write(chunk);
    size += bytesRead;
    // A file that grows as fast as it is read would never end.
    if (size > before.size) throw changedWhileRead(source);
    onBytes(bytesRead);
  }
}

async function readAt(source: string, handle: FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  try {
    return (await handle.read(buffer, 0, buffer.length, position)).bytesRead;
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

async function statOf(source: string): Promise<BigIntStats> {
  let found: BigIntStats;
  try {
    found = await stat(source, { bigint: true });
  } catch (cause) {
    throw unreadable(source, cause);
  }
  if (!found.isFile()) throw specialFile(source);
  return found;
}

/** By its path: a file that was replaced by another is a change too. */
async function checkUnchanged({ source, before }: Source): Promise<void> {
  const now = await stat(source, { bigint: true }).catch(() => undefined);
  if (!now || !isSame(before, now)) throw changedWhileRead(source);
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino && a.dev === b.dev;
}

/** An object that was there is trusted for its size; `verify` and every restore read it. */
async function checkKnownObject(store: StagingStore, sha256: string, size: number): Promise<void> {
  const key = objectKey(sha256);
  const head = await store.head(key);
  if (head?.sizeBytes === size) return;
  throw new RegistryError(
    'OBJECT_DAMAGED',
    `The registry's ${key} has ${head?.sizeBytes ?? 0} bytes instead of ${size}: it is damaged. Delete that file and register again; nothing was changed.`,
  );
}

async function storeManifest(store: StagingStore, digest: string, manifest: Uint8Array): Promise<void> {
  const key = manifestKey(digest);
  if ((await store.putIfAbsent(key, manifest)) === 'created') return;
  const known = await store.get(key, manifest.length + 1);
  if (known && Buffer.compare(known, manifest) === 0) return;
  throw new RegistryError(
    'MANIFEST_DAMAGED',
    `The registry's ${key} isn't what it was when it was written. Delete that file and register again; nothing was changed.`,
  );
}
