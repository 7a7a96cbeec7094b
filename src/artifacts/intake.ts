import { type BigIntStats, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { RegistryError } from '../base/errors.ts';
import type { OperationOptions } from '../base/progress.ts';
import { manifestKey, objectKey } from '../storage/layout.ts';
import type { StagedObject, StagingStore } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { eachOf } from './each-of.ts';
import { gatherFiles, type SourceFile } from './gather.ts';
import { encodeManifest, type ManifestFile, totalSize } from './manifest.ts';
import { type ObjectBatch, objectBatch } from './object-batch.ts';
import { changedWhileRead, specialFile, unreadable } from './path-errors.ts';
import {
  READ_BYTES,
  type ReadBuffers,
  type ReadThroughOptions,
  readBuffers,
  readThrough,
  readWhole,
} from './read-through.ts';
import type { StatCache } from './stat-cache.ts';

const FILES_AT_ONCE = 4;
const STATS_AT_ONCE = 16;

export interface IntakeRequest {
  /** Files and folders, absolute. */
  readonly paths: readonly string[];
  /** A folder that is passed over where it lies below a path: the registry that takes the files. */
  readonly except?: string;
  /** What is known of files that were read before. */
  readonly cache?: StatCache;
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
  const { cache } = request;
  const gathered = await gatherFiles(request.paths, { except: request.except, signal });
  const readAtMs = cache?.now() ?? 0;
  const sources = await eachOf(gathered, STATS_AT_ONCE, async (file) => {
    throwIfCancelled(signal);
    return { ...file, before: await statOf(file.source) };
  });
  const totalBytes = sources.reduce((sum, { before }) => sum + Number(before.size), 0);
  let doneBytes = 0;
  const onBytes = (count: number) => {
    if (count === 0) return;
    doneBytes += count;
    onProgress?.({ step, doneBytes, totalBytes });
  };
  const known = await knownFiles(sources, cache, store);
  onBytes(totalSize([...known.values()]));
  const reading: Reading = {
    store,
    batch: store && objectBatch(store, { onBytes, signal }),
    buffers: readBuffers(),
    onBytes,
    signal,
    pause: pauses(),
  };
  let files: readonly ManifestFile[];
  try {
    files = await eachOf(sources, FILES_AT_ONCE, async (source) => known.get(source) ?? readSource(source, reading));
    await reading.batch?.commit();
  } finally {
    await reading.batch?.discard();
  }
  // A file that was read first may have been written again while the others were read.
  await eachOf(sources, STATS_AT_ONCE, checkUnchanged);
  throwIfCancelled(signal);
  for (const [index, source] of sources.entries()) {
    const file = files[index];
    if (file && !known.has(source)) cache?.remember(source.source, source.before, file.sha256, readAtMs);
  }
  await cache?.save();
  const { bytes, digest } = encodeManifest(files);
  const inOrder = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return { digest, sizeBytes: totalSize(files), files: inOrder, manifest: bytes };
}

/** The files that needn't be read: they are as they were, and what is to be stored is there. */
async function knownFiles(
  sources: readonly Source[],
  cache: StatCache | undefined,
  store: StagingStore | undefined,
): Promise<ReadonlyMap<Source, ManifestFile>> {
  const found = sources.flatMap((source) => {
    const sha256 = cache?.find(source.source, source.before);
    return sha256 === undefined ? [] : [{ source, file: manifestFile(source, sha256) }];
  });
  const heads = await store?.confirm(found.map(({ file }) => objectKey(file.sha256)));
  const usable = heads ? found.filter(({ file }, index) => heads[index]?.sizeBytes === file.size) : found;
  return new Map(usable.map(({ source, file }) => [source, file]));
}

function manifestFile({ path, before }: Source, sha256: string): ManifestFile {
  const size = Number(before.size);
  const isExecutable = process.platform !== 'win32' && (Number(before.mode) & 0o100) !== 0;
  return isExecutable ? { path, size, sha256, exec: true } : { path, size, sha256 };
}

/** What the files of one artifact are read with. */
interface Reading {
  readonly store: StagingStore | undefined;
  readonly batch: ObjectBatch | undefined;
  readonly buffers: ReadBuffers;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal | undefined;
  readonly pause: () => Promise<void>;
}

async function readSource(source: Source, reading: Reading): Promise<ManifestFile> {
  const { store, batch, onBytes, signal, pause } = reading;
  await pause();
  throwIfCancelled(signal);
  const expectedBytes = Number(source.before.size);
  const isSmall = expectedBytes <= READ_BYTES;
  let staged: StagedObject | undefined;
  try {
    staged = await store?.stage();
    const options = { ...reading, source: source.source, expectedBytes, staged };
    const { sha256, size, after } = isSmall ? await readWhole(options) : await readLarge(source, options);
    if (!isSame(source.before, after) || BigInt(size) !== after.size) throw changedWhileRead(source.source);
    await checkUnchanged(source);
    if (staged && batch) {
      const one = { staged, sha256, size };
      // The batch has it from here.
      staged = undefined;
      await (isSmall ? batch.add(one) : batch.commitNow(one));
    } else if (isSmall) onBytes(size);
    return manifestFile(source, sha256);
  } finally {
    await staged?.discard();
  }
}

async function readLarge(source: Source, options: Omit<ReadThroughOptions, 'handle'>) {
  const handle = await openSource(source);
  try {
    return { ...(await readThrough({ ...options, handle })), after: await handle.stat({ bigint: true }) };
  } finally {
    await handle.close();
  }
}

/** How long small files are read before this thread looks whether it was asked for anything else, to stop for example. */
const PAUSE_EVERY_MS = 20;

function pauses(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < PAUSE_EVERY_MS) return;
    await setImmediate();
    last = performance.now();
  };
}

async function openSource({ source }: Source): Promise<FileHandle> {
  try {
    return await open(source, 'r');
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

async function statOf(source: string): Promise<BigIntStats> {
  let found: BigIntStats;
  try {
    found = statSync(source, { bigint: true });
  } catch (cause) {
    throw unreadable(source, cause);
  }
  if (!found.isFile()) throw specialFile(source);
  return found;
}

/** By its path: a file that was replaced by another is a change too. */
async function checkUnchanged({ source, before }: Source): Promise<void> {
  const now = statNow(source);
  if (!now || !isSame(before, now)) throw changedWhileRead(source);
}

function statNow(source: string): BigIntStats | undefined {
  try {
    return statSync(source, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino && a.dev === b.dev;
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
