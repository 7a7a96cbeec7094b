import { messageOf } from '../base/errors.ts';
import { type Belonging, belonging, type Certainty, type NearOutputs } from './belonging.ts';
import { outputsNear } from './near-outputs.ts';
import { RunFiles, SearchExhausted } from './run-files.ts';
import type { ReadContext } from './run-reader.ts';
import { runReaders } from './run-readers.ts';
import type { RunRecord } from './run-record.ts';
import { placesNear } from './search-places.ts';

export interface FindRunsOptions {
  /** The outputs, absolute or relative to the root: files and folders. */
  readonly near: readonly string[];
  /** Runs that ended before, in milliseconds since the epoch, can't have written them. */
  readonly sinceMs?: number;
}

/** A run, with how sure it is that it wrote the outputs, and why. */
export interface FoundRun extends Belonging {
  readonly run: RunRecord;
}

export interface FoundRuns {
  /** Most certain first; of equals by tracker, then nearest to the outputs in time. */
  readonly runs: readonly FoundRun[];
  /** What couldn't be searched, for a person. */
  readonly problems: readonly string[];
}

/**
 * The runs whose outputs these can be, from what trackers and trainers left in the workspace. Reads only, and only inside of `root`;
 * what a run refers to outside is left alone. Runs that have nothing to do with the outputs aren't among them.
 */
export async function findRuns(root: string, options: FindRunsOptions): Promise<FoundRuns> {
  const files = await RunFiles.of(root);
  const problems: string[] = [];
  const found: FoundRun[] = [];
  const outputs = await outputsNear(files, options.near);
  try {
    const context: ReadContext = { files, sinceMs: options.sinceMs ?? 0, outputs };
    for (const { reader, place } of await placesNear(files, outputs, runReaders)) {
      for (const run of await readOrSay(() => reader.read(place, context), place, problems)) {
        const how = belonging(run, outputs);
        if (how) found.push({ run, ...how });
      }
    }
  } catch (error) {
    if (!(error instanceof SearchExhausted)) throw error;
    problems.push('There is more around the outputs than is searched for runs: some may be missing.');
  }
  return { runs: inOrder(found, outputs), problems };
}

async function readOrSay(
  read: () => Promise<readonly RunRecord[]>,
  place: string,
  problems: string[],
): Promise<readonly RunRecord[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SearchExhausted) throw error;
    problems.push(`The runs in ${place} can't be read: ${messageOf(error)}`);
    return [];
  }
}

const order: readonly Certainty[] = ['certain', 'likely', 'possible'];

/** Of equally certain ones, that which ended nearest to when the outputs were written. */
function inOrder(found: readonly FoundRun[], { changedAtMs }: NearOutputs): readonly FoundRun[] {
  const distance = ({ run }: FoundRun) => Math.abs(Date.parse(run.endedAt ?? run.startedAt ?? '') - changedAtMs);
  const precedence = ({ run }: FoundRun) => runReaders.findIndex(({ tracker }) => tracker === run.tracker);
  return found.toSorted(
    (a, b) =>
      order.indexOf(a.certainty) - order.indexOf(b.certainty) ||
      precedence(a) - precedence(b) ||
      (distance(a) || 0) - (distance(b) || 0),
  );
}
