import { stat } from 'node:fs/promises';
import { gatherFiles } from '../../artifacts/gather.ts';
import type { IntakeResult } from '../../artifacts/intake.ts';
import type { OperationOptions, Progress } from '../../base/progress.ts';
import type { LocalFile } from '../../modelfiles/local-files.ts';
import type { Session } from '../session.ts';
import { objectsOf, readFacts } from './read-facts.ts';
import type { StoredFacts } from './stored-facts.ts';

/** Facts that are read while the files are stored. */
export interface FactsReading {
  /** The facts of what was stored. Undefined where the files are of no known format. Throws `OPERATION_CANCELLED`. */
  of(stored: IntakeResult): Promise<StoredFacts | undefined>;
  /** Nobody wants them any more. */
  stop(): Promise<void>;
}

/**
 * Begins to read what the files say, in other threads and while their bytes are in memory for being stored anyway. They are what was stored
 * if no file changed from before the first was read until all of it was done; else the stored bytes are read.
 */
export function readBeside(session: Session, paths: readonly string[], options: OperationOptions): FactsReading {
  const controller = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal;
  let isAwaited = false;
  const onProgress = (progress: Progress) => {
    if (isAwaited) options.onProgress?.(progress);
  };
  const reading = (async () => {
    const gathered = await gatherFiles(paths, { except: session.location.dir, signal });
    const files = gathered.map(({ path, source }) => ({ path, file: source }));
    const before = await stampsOf(files);
    return { files, before, facts: await readFacts(session, files, { signal, onProgress }) };
  })();
  // Storing meets the same trouble with the same files, and tells it.
  const settled = reading.catch(() => undefined);
  return {
    async of(stored) {
      isAwaited = true;
      const read = await settled;
      if (read && isOfFiles(stored, read.files) && isSame(read.before, await stampsOf(read.files))) return read.facts;
      return readFacts(session, objectsOf(session, stored.files), options);
    },
    async stop() {
      controller.abort();
      await settled;
    },
  };
}

function isOfFiles(stored: IntakeResult, files: readonly LocalFile[]): boolean {
  const paths = new Set(files.map(({ path }) => path));
  return stored.files.length === paths.size && stored.files.every(({ path }) => paths.has(path));
}

/** What shows that a file was written to or replaced. */
async function stampsOf(files: readonly LocalFile[]): Promise<readonly string[]> {
  const stamps: string[] = [];
  for (const { file } of files) {
    const { size, mtimeNs, ctimeNs, ino, dev } = await stat(file, { bigint: true });
    stamps.push(`${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`);
  }
  return stamps;
}

function isSame(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((stamp, index) => stamp === after[index]);
}
