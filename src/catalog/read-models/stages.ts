import type { Author } from './author.ts';

export interface StageRule {
  readonly name: string;
  readonly isExclusive: boolean;
  /** Where an exclusive stage's holder goes when another version takes it. */
  readonly displacedTo?: string;
  /** From where the policy lets versions in, where it doesn't from everywhere. */
  readonly from?: readonly string[];
}

/** How many versions are in which stage, most first. */
export type StageCounts = readonly { readonly stage: string; readonly count: number }[];

export interface TransitionEntry {
  readonly from: string;
  readonly to: string;
  /** `displaced` where the version had to leave an exclusive stage for another one. */
  readonly kind: 'promote' | 'rollback' | 'demote' | 'archive' | 'displaced';
  readonly by: Author;
  readonly at: string;
  readonly askedAt: string;
  readonly reason: string;
  readonly isOverride: boolean;
  /** What the gates of the policy said against it, where they were overridden. */
  readonly overridden?: readonly string[];
  /** Numbers of the versions it displaced; for `displaced`, the version it made way for. */
  readonly displaced: readonly number[];
  readonly seq: number;
  /** Set while it waits to be shared: others don't see it yet, and it may be refused. */
  readonly pending?: boolean;
}

/** A time in which a version held a stage. */
export interface TenureEntry {
  readonly versionId: string;
  readonly number: number;
  readonly since: string;
  /** By the word of who moved it, where a shared log took that over later. */
  readonly claimedSince?: string;
  /** Absent while it holds it, or where its end isn't shared yet. */
  readonly until?: string;
  readonly by: Author;
  readonly reason: string;
  readonly kind: TransitionEntry['kind'];
  /** Number of the model's newest version when it began, and when it ended. */
  readonly newestThen: number;
  readonly newestAtEnd?: number;
  /** The version has been deleted since. */
  readonly isDeleted?: true;
}
