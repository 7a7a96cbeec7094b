import fs, { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { hasCode } from './system-errors.ts';

/** What disks and systems want such writes to begin and end at, in the file and in memory. */
export const PAGE_BYTES = 4096;
/** Less isn't worth a second open file. */
const LEAST_BYTES = 1024 * 1024;

/**
 * Writes past the system's cache, where the system can (Linux, most disks), what is large and lies in whole pages: of a file that is stored, nobody will read the copy soon, and
 * to keep gigabytes of it, memory must first be taken from what others need. Ends for good where the disk refuses it.
 */
export interface DirectWrites {
  /** Whether these bytes, which belong at `position`, were written. Throws what writing throws. */
  write(bytes: Uint8Array, position: number): Promise<boolean>;
  close(): void;
}

/** Beside a file that is open for writing as `descriptor`, and must be flushed through it or this one's close. */
export function directWrites(path: string, descriptor: number): DirectWrites {
  let state: 'unopened' | 'off' | number = constants.O_DIRECT === undefined ? 'off' : 'unopened';

  const end = () => {
    if (typeof state === 'number') closeSync(state);
    state = 'off';
  };

  return {
    async write(bytes, position) {
      if (state === 'off' || bytes.length < LEAST_BYTES) return false;
      if ([bytes.length, bytes.byteOffset, position].some((value) => value % PAGE_BYTES !== 0)) return false;
      if (state === 'unopened') state = openBeside(path, descriptor) ?? 'off';
      if (state === 'off') return false;
      try {
        if ((await writeAt(state, bytes, position)) === bytes.length) return true;
        // What is left may be no whole pages; writing all of it again does no harm.
        return false;
      } catch (error) {
        // The disk wants larger pages, or memory that lies elsewhere.
        if (!hasCode(error, 'EINVAL')) throw error;
        end();
        return false;
      }
    },
    close: end,
  };
}

function openBeside(path: string, descriptor: number): number | undefined {
  let opened: number;
  try {
    opened = openSync(path, constants.O_WRONLY | constants.O_DIRECT | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return undefined;
  }
  const [one, other] = [fstatSync(descriptor, { bigint: true }), fstatSync(opened, { bigint: true })];
  if (one.ino === other.ino && one.dev === other.dev) return opened;
  closeSync(opened);
  return undefined;
}

function writeAt(descriptor: number, bytes: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(descriptor, bytes, 0, bytes.length, position, (error, written) =>
      error ? reject(error) : resolve(written),
    );
  });
}
