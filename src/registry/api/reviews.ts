import type { RequestEntry, ReviewVote } from '../../catalog/read-models/reviews.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';

/** A promotion that somebody asks for. */
export interface ReviewEntry extends RequestEntry {
  readonly version: VersionSummary;
  readonly stage: string;
  /** The other version that is in an exclusive stage now. */
  readonly holder?: VersionSummary;
  readonly approvals: readonly ReviewVote[];
  /** How many approvals the policy asks for, 0 where it asks for none, and how many count now. */
  readonly needed: number;
  readonly given: number;
  /** What the gates of the policy say against it, in words. */
  readonly problems: readonly string[];
  /** `ready`: the policy lets it through. `refused`: a refusal stands. */
  readonly state: 'ready' | 'waiting' | 'refused';
  /** Of this person: whether they asked for it, registered the version, and are to say something. */
  readonly isOwn: boolean;
  readonly isAuthor: boolean;
  readonly isWanted: boolean;
}

export interface RequestResult {
  readonly version: VersionSummary;
  readonly stage: string;
  readonly reviewers: readonly string[];
  readonly pending: boolean;
}

export interface ReviewResult {
  readonly version: VersionSummary;
  readonly stage: string;
  readonly isGiven: boolean;
  readonly pending: boolean;
}
