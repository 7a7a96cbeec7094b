import type { Author } from './author.ts';

/** What a gate found, as it was recorded. */
export interface GateResultEntry {
  readonly gate: string;
  readonly outcome: 'passed' | 'failed';
  /** Digest of an object. */
  readonly evidence?: string;
  readonly at: string;
  readonly by: Author;
  /** What it was compared with: the id of the version that was in a stage then, null where none was. */
  readonly against?: { readonly stage: string; readonly version: string | null };
}

/** What somebody looked at before they approved a version for a stage. */
export interface Seen {
  readonly artifact: string;
  /** The id of the other version that was in an exclusive stage, null for none. */
  readonly holder: string | null;
  readonly gates: readonly { readonly gate: string; readonly outcome: 'passed' | 'failed' }[];
}

/** What a person last said of a version on its way to a stage, or of a proposed policy. */
export interface ApprovalEntry {
  /** What tells people from each other: who signed, else the claimed address in lower case, else the name. */
  readonly person: string;
  readonly by: Author;
  readonly isGiven: boolean;
  readonly comment: string;
  readonly at: string;
  /** Why an approval doesn't count any more, and since when. */
  readonly lapsed?: {
    /** `used`: the version got to the stage by it. */
    readonly code: 'used' | 'holder' | 'gate' | 'withdrawn';
    readonly why: string;
    readonly at: string;
  };
}

/** What somebody said of a version on its way to a stage, and what it counts for. */
export interface ReviewVote extends ApprovalEntry {
  /** By the policy: signed, and by one of its signers, where it asks for that. */
  readonly isCounted: boolean;
  /** Of whoever registered the version, whose own approval never counts. */
  readonly isAuthor: boolean;
}

/** Who asks for a version to get to a stage, and what people said of it. */
export interface VersionReview {
  readonly stage: string;
  readonly request?: RequestEntry;
  readonly approvals: readonly ReviewVote[];
}

/** Who asks people to look at something, when, and whom. */
export interface RequestEntry {
  readonly by: Author;
  readonly at: string;
  readonly askedAt: string;
  readonly comment: string;
  /** As they were written; everybody is asked where it is empty. */
  readonly reviewers: readonly string[];
  /** Set while it waits to be shared. */
  readonly pending: boolean;
}
