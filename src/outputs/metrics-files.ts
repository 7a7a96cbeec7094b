import { sep } from 'node:path';
import { splitPattern } from '../project/declared-paths.ts';
import { type FileStamp, placeInside, stampsOf } from './output-files.ts';

/** How long after its outputs a run may write metrics that belong to them. */
export const RUN_MS = 10 * 60_000;

/** What outputs the metrics files are to be judged by. */
export interface JudgedOutputs {
  /** When the first of the outputs was written, milliseconds since the epoch. */
  readonly firstWrittenAtMs: number;
  /** When the outputs were last written, milliseconds since the epoch. */
  readonly changedAtMs: number;
  /** Until when metrics belong to the version before, milliseconds since the epoch; 0 where there is none. */
  readonly previousUntilMs: number;
}

/** Whether a metrics file was last written for the version before, or long before the first outputs. */
export function isOlderThan(outputs: JudgedOutputs, { mtimeMs }: FileStamp): boolean {
  const { changedAtMs, previousUntilMs, firstWrittenAtMs } = outputs;
  const isFollowing = previousUntilMs > 0 && changedAtMs > previousUntilMs;
  return mtimeMs <= (isFollowing ? previousUntilMs : firstWrittenAtMs - RUN_MS);
}

/**
 * The metrics files of a model, and which of them belong to the outputs at hand: a run may write them before or after the model, and those
 * of an earlier run still lie there.
 */
export class MetricsFiles {
  readonly #root: string;
  readonly #patterns: readonly string[];
  /** The state of each file that an earlier version has had its metrics from, or that was too old for it. */
  readonly #settled = new Map<string, string>();

  constructor(root: string, patterns: readonly string[]) {
    this.#root = root;
    this.#patterns = patterns;
  }

  /** The files that are there now. Throws `PATH_OUTSIDE_WORKSPACE`. */
  async present(): Promise<readonly FileStamp[]> {
    return stampsOf(this.#root, this.#patterns);
  }

  /** Those that the run which wrote the outputs wrote, too. */
  ofRun(present: readonly FileStamp[], outputs: JudgedOutputs): readonly FileStamp[] {
    return present.filter((stamp) => {
      const settled = this.#settled.get(stamp.file);
      if (settled !== undefined) return settled !== stamp.key;
      // Written while nobody looked: what is newer than the version before is of this run, unless the outputs are older themselves.
      if (outputs.changedAtMs > outputs.previousUntilMs) return !isOlderThan(outputs, stamp);
      return Math.abs(stamp.mtimeMs - outputs.changedAtMs) <= RUN_MS;
    });
  }

  /** Those that changed since the outputs were registered, soon enough to be of the same run. */
  lateFor(present: readonly FileStamp[], outputs: Pick<JudgedOutputs, 'changedAtMs'>): readonly FileStamp[] {
    return present.filter(
      (stamp) => this.#settled.get(stamp.file) !== stamp.key && Math.abs(stamp.mtimeMs - outputs.changedAtMs) <= RUN_MS,
    );
  }

  /** Whether every declared file is among the stamps. */
  async isAllOf(stamps: readonly FileStamp[]): Promise<boolean> {
    for (const pattern of this.#patterns) {
      const { base, rest } = splitPattern(pattern);
      if (rest !== '') continue;
      const place = await placeInside(this.#root, base);
      if (place === undefined || !stamps.some(({ file }) => file === place || file.startsWith(place + sep)))
        return false;
    }
    return this.#patterns.length === 0 || stamps.length > 0;
  }

  /** In this state, the files have nothing more to give to any version. */
  settle(stamps: readonly FileStamp[]): void {
    for (const { file, key } of stamps) this.#settled.set(file, key);
  }
}
