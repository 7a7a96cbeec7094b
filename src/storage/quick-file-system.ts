import fs, {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { directWrites } from './direct-writes.ts';
import { type FileSystem, isLink, nodeFileSystem, type OpenFile, READING } from './file-system.ts';

/** What is read at once while everything else waits. */
const MAX_READ_BYTES = 1024 * 1024;
/** So long everything else waits at most, a message that cancels the work for example. */
const MAX_BUSY_MS = 50;

let gaveWayAt = 0;

/** Where each look is over at once, nothing else ever gets its turn: it does now if that is long ago. */
async function giveWay(): Promise<void> {
  if (performance.now() - gaveWayAt < MAX_BUSY_MS) return;
  await nextTurn();
  gaveWayAt = performance.now();
}

/**
 * The file system of this machine for whoever reads many small files and keeps nobody waiting who can see it: the command line, and threads. Looking
 * at a small file takes the system a few microseconds; the way through Node's pool of threads takes twenty times as long, for each of opening, looking, reading
 * and closing. What changes files, and flushing, goes that way all the same.
 */
export const quickFileSystem: FileSystem = {
  ...nodeFileSystem,
  open: async (path, flags, mode) => (flags === 'r' ? openQuickly(path) : nodeFileSystem.open(path, flags, mode)),
  stat: async (path) => statSync(path),
  lstat: async (path) => lstatSync(path),
  readdir: async (folder) => readdirSync(folder, { withFileTypes: true }),
};

/** What is written at once; more goes to the disk while the thread hashes what comes next. */
const MAX_WRITE_BYTES = 64 * 1024;

/** The same for a thread that stores files and does nothing else: of many small ones, only flushing takes longer than the way through the pool. */
export const threadFileSystem: FileSystem = {
  ...quickFileSystem,
  open: async (path, flags, mode) => (flags === 'r' ? openQuickly(path) : openForWriting(path, flags, mode)),
  link: async (from, to) => linkSync(from, to),
  unlink: async (path) => unlinkSync(path),
  mkdir: async (folder) => mkdirSync(folder, { recursive: true }),
};

function openForWriting(path: string, flags: string, mode?: number): OpenFile {
  const descriptor = openSync(path, flags, mode);
  const direct = directWrites(path, descriptor);
  const file = opened(descriptor);
  let position = 0;
  return {
    ...file,
    async write(chunk, offset, length) {
      const at = position;
      const bytesWritten =
        length <= MAX_WRITE_BYTES
          ? writeSync(descriptor, chunk, offset, length, at)
          : (await direct.write(chunk.subarray(offset, offset + length), at))
            ? length
            : await writeAt(descriptor, chunk, offset, length, at);
      position = at + bytesWritten;
      return { bytesWritten };
    },
    async close() {
      direct.close();
      await file.close();
    },
  };
}

function writeAt(
  descriptor: number,
  chunk: Uint8Array,
  offset: number,
  length: number,
  position: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(descriptor, chunk, offset, length, position, (error, bytesWritten) =>
      error ? reject(error) : resolve(bytesWritten),
    );
  });
}

function openQuickly(path: string): OpenFile {
  const descriptor = openWithoutLinks(path);
  return {
    ...opened(descriptor),
    async write() {
      throw new TypeError(`${path} is open for reading.`);
    },
  };
}

function openWithoutLinks(path: string): number {
  try {
    return openSync(path, READING | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (!isLink(error) || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
    return openSync(path, READING);
  }
}

function opened(descriptor: number): Omit<OpenFile, 'write'> {
  return {
    async read(into, offset, length, position) {
      await giveWay();
      return { bytesRead: readSync(descriptor, into, offset, Math.min(length, MAX_READ_BYTES), position) };
    },
    sync: () =>
      new Promise((resolve, reject) => {
        fs.fsync(descriptor, (error) => (error ? reject(error) : resolve()));
      }),
    stat: async () => fstatSync(descriptor),
    close: async () => closeSync(descriptor),
  };
}
