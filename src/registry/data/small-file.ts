import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { systemErrorCode } from '../../base/errors.ts';

/** A text of at most `maxBytes`; undefined where there is no such file, or it is larger. */
export async function smallText(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    // Opening a pipe would wait for ever.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size > maxBytes) return undefined;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(found.size), 0, found.size, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
