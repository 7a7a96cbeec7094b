import type { NearOutputs } from './belonging.ts';
import type { RunFiles } from './run-files.ts';
import type { RunRecord, Tracker } from './run-record.ts';

/** A file or folder of the workspace. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  /** It leads elsewhere in the workspace. */
  readonly isLink?: true;
}

export interface ReadContext {
  readonly files: RunFiles;
  /** Runs that ended before are of no interest, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** What a run is looked for. Of the many runs that a store holds, only those that `mayBelong` need be read. */
  readonly outputs: NearOutputs;
}

/** What is known of a run at a glance. */
export interface RunGlance {
  readonly place: string;
  readonly id: string | undefined;
  /** Milliseconds since the epoch; 0 where it isn't known. */
  readonly startMs: number;
  readonly endMs?: number;
}

/**
 * One way in which runs are left on disk. Nothing is executed, unpickled or written, nothing outside of the workspace is read, and what
 * a file claims is a claim: one that lies or is cut off is a `problem` of its run, never a crash.
 */
export interface RunReader {
  readonly tracker: Tracker;
  /** For a person. */
  readonly label: string;
  /**
   * Where a folder and its entries, by their names alone, say that runs are: paths relative to the workspace, the folder itself and its
   * parent among them. Entries that are named aren't searched further.
   */
  recognise(folder: string, entries: readonly FolderEntry[]): readonly string[];
  /** The runs of what was recognised, newest first where there are too many. `place` is relative to the workspace. */
  read(place: string, context: ReadContext): Promise<readonly RunRecord[]>;
}
