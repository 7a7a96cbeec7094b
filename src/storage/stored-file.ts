import { RegistryError } from '../base/errors.ts';
import { type FileSystem, isLink, type OpenFile } from './file-system.ts';
import { hasCode, isAbsent, reading } from './system-errors.ts';

const CHUNK_BYTES = 1024 * 1024;

/** At most `length` bytes from `offset` of a file; undefined where there is no file. */
export async function readRange(
  fs: FileSystem,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array | undefined> {
  const handle = await openFile(fs, path);
  if (!handle) return undefined;
  try {
    return await reading(path, () => readAt(handle, offset, length));
  } finally {
    await handle.close();
  }
}

/** A file in chunks of 1 MiB; undefined where there is no file. */
export async function readChunks(fs: FileSystem, path: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  const handle = await openFile(fs, path);
  return handle && chunksOf(handle, path);
}

async function openFile(fs: FileSystem, path: string): Promise<OpenFile | undefined> {
  return reading(path, async () => {
    try {
      const handle = await fs.open(path, 'r');
      const found = await handle.stat();
      if (found.isFile()) return handle;
      await handle.close();
      // A folder has keys below it. Anything else was put there by somebody, and isn't nothing.
      if (found.isDirectory()) return undefined;
      throw new RegistryError('STORAGE_FAILED', `${path} is no ordinary file. Move it away and try again.`);
    } catch (error) {
      if (isAbsent(error) || hasCode(error, 'EISDIR')) return undefined;
      if (isLink(error))
        throw new RegistryError(
          'STORAGE_FAILED',
          `${path} is a link, which isn't followed. Move it away and try again.`,
        );
      throw error;
    }
  });
}

async function readAt(handle: OpenFile, offset: number, length: number): Promise<Uint8Array> {
  const { size } = await handle.stat();
  const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function* chunksOf(handle: OpenFile, path: string): AsyncGenerator<Uint8Array> {
  try {
    const { size } = await handle.stat();
    for (let position = 0; ; ) {
      // One byte more than is left tells the end in the same read.
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(0, size - position) + 1));
      const { bytesRead } = await reading(path, () => handle.read(chunk, 0, chunk.length, position));
      if (bytesRead > 0) yield chunk.subarray(0, bytesRead);
      if (bytesRead === 0) return;
      position += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
