import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { sha256Hex } from '../base/hash.ts';
import { PAGE_BYTES } from '../storage/direct-writes.ts';
import type { StagedObject } from '../storage/object-store.ts';
import { throwIfCancelled } from './cancel.ts';
import { changedWhileRead, unreadable } from './path-errors.ts';

/** Files up to this size can be read at once. */
export const READ_BYTES = 1024 * 1024;
/** What may wait for the disk: without it, all of a large file would be left for the last flush. */
const FLUSH_BYTES = 64 * 1024 * 1024;

export interface ReadThroughOptions {
  /** The file's path, for messages. */
  readonly source: string;
  readonly handle: FileHandle;
  /** A file that has more than this grows while it is read. */
  readonly expectedBytes: number;
  readonly staged: StagedObject | undefined;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal | undefined;
  readonly buffers: ReadBuffers;
}

/** Buffers that are used again: the collector would let many wait, because to it they look small. */
export interface ReadBuffers {
  take(): Uint8Array<ArrayBuffer>;
  giveBack(buffer: Uint8Array<ArrayBuffer>): void;
}

export function readBuffers(): ReadBuffers {
  const free: Uint8Array<ArrayBuffer>[] = [];
  return { take: () => free.pop() ?? wholePages(BUFFER_BYTES), giveBack: (buffer) => void free.push(buffer) };
}

/** One byte more than a small file should have shows that it grows. */
const BUFFER_BYTES = READ_BYTES + PAGE_BYTES;

/** Memory that begins with a page, as writing past the system's cache wants it: of all buffers, those that could grow do. */
function wholePages(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(bytes, { maxByteLength: bytes }));
}

/**
 * Hashes a file and copies it. While this thread hashes a chunk, the system writes that chunk, reads the next one and flushes earlier
 * ones. Throws `FILE_CHANGED`, `PATH_UNREADABLE`, `OPERATION_CANCELLED`, and what writing throws.
 */
export async function readThrough(
  options: ReadThroughOptions,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const { source, expectedBytes, staged, onBytes, signal, buffers } = options;
  const hash = createHash('sha256');
  // The one that is hashed and written, and the one that is read into.
  let [buffer, next] = [buffers.take(), buffers.take()];
  let size = 0;
  let flushedAt = 0;
  let reading = handled(readAt(options, buffer, 0));
  let writing: Promise<unknown> = Promise.resolve();
  let flushing: Promise<unknown> = Promise.resolve();
  try {
    for (;;) {
      throwIfCancelled(signal);
      const bytesRead = await reading;
      await writing;
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      size += bytesRead;
      // A file that grows as fast as it is read would never end.
      if (size > expectedBytes) throw changedWhileRead(source);
      if (staged) writing = handled(staged.write(chunk));
      reading = handled(readAt(options, next, size));
      hash.update(chunk);
      [buffer, next] = [next, buffer];
      onBytes(bytesRead);
      if (staged && size - flushedAt >= FLUSH_BYTES) {
        await flushing;
        flushing = handled(staged.flush());
        flushedAt = size;
      }
    }
    await flushing;
    return { sha256: hash.digest('hex'), size };
  } finally {
    // Whoever closes the files must not do so under an operation.
    await Promise.allSettled([reading, writing, flushing]);
    buffers.giveBack(buffer);
    buffers.giveBack(next);
  }
}

/**
 * The same for a file of at most `READ_BYTES`, with how the file was afterwards. Small files take longer to be passed through Node's pool of
 * threads than to be read.
 */
export async function readWhole({
  source,
  expectedBytes,
  staged,
  signal,
  buffers,
}: Omit<ReadThroughOptions, 'handle'>): Promise<{
  readonly sha256: string;
  readonly size: number;
  readonly after: BigIntStats;
}> {
  throwIfCancelled(signal);
  const buffer = buffers.take();
  try {
    const { size, after } = readNow(source, buffer.subarray(0, expectedBytes + 1));
    if (size > expectedBytes) throw changedWhileRead(source);
    const bytes = buffer.subarray(0, size);
    await staged?.write(bytes);
    return { sha256: sha256Hex(bytes), size, after };
  } finally {
    buffers.giveBack(buffer);
  }
}

function readNow(source: string, into: Uint8Array): { readonly size: number; readonly after: BigIntStats } {
  try {
    // A pipe that has taken the file's place would otherwise keep this thread.
    const descriptor = openSync(source, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      let size = 0;
      while (size < into.length) {
        const count = readSync(descriptor, into, size, into.length - size, size);
        if (count === 0) break;
        size += count;
      }
      return { size, after: fstatSync(descriptor, { bigint: true }) };
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

/** A promise that is awaited later: until then its failure is nobody's. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function readAt({ source, handle }: ReadThroughOptions, buffer: Uint8Array, position: number): Promise<number> {
  try {
    return (await handle.read(buffer, 0, READ_BYTES, position)).bytesRead;
  } catch (cause) {
    throw unreadable(source, cause);
  }
}
