import type { Author } from './author.ts';
import type { VersionSummary } from './versions.ts';

// Which versions stages hold, held at a moment, and would hold after a rollback.

export interface ProductionEntry {
  readonly model: string;
  readonly modelId: string;
  readonly stage: string;
  readonly version: VersionSummary;
  readonly since: string;
  readonly by: Author;
  readonly reason: string;
  /** What a rollback would bring back. */
  readonly previous?: VersionSummary;
}

export interface RollbackPlan {
  readonly stage: string;
  readonly current?: VersionSummary;
  readonly target: VersionSummary;
  /** Other versions that could be named, most recent holder first. */
  readonly others: readonly VersionSummary[];
  /** When these versions, by their ids, were in the stage last; without an end where they still are. */
  readonly held: Readonly<Record<string, { readonly from: string; readonly to?: string }>>;
}

export interface AtResult {
  readonly time: string;
  /** Number of the newest commit at that time; 0 before the first. */
  readonly seq: number;
  /** When the log begins, where that is later: of what was before, it knows only what was taken over. */
  readonly beginsAt?: string;
  /**
   * The first commit that says it is of a time to come, because a clock was wrong: that and what followed were made at times that nobody knows, and stand
   * behind every moment up to now.
   */
  readonly ahead?: { readonly seq: number; readonly at: string };
  readonly holders: readonly {
    readonly model: string;
    readonly stage: string;
    readonly number: number;
    readonly versionId: string;
    readonly since: string;
    readonly by: Author;
    readonly reason: string;
    /** By the word of whoever asked for it, before the log had it; `since` too. */
    readonly isClaimed?: true;
  }[];
}
