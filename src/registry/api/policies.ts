import type { ApprovalEntry, RequestEntry } from '../../catalog/read-models/reviews.ts';

/** The policy of a model: its stages, gates, and whose signatures count. */
export interface PolicyDetails {
  readonly model: string;
  /** Absent where none was ever set: then the defaults hold. */
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly digest: string | null;
  /** What it comes to, for people. */
  readonly lines: readonly string[];
}

/** What a new policy would change, in lines. */
export interface PolicyPlan {
  readonly model: string;
  /** Of the present policy, null for none. */
  readonly digest: string | null;
  readonly nextDigest: string;
  /** As the log would have it. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** What keeps this person from setting it: approvals that the present policy asks for. */
  readonly problem?: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly kept: readonly string[];
}

export interface PolicyChange extends PolicyPlan {
  readonly seq: number;
  readonly at: string;
  readonly pending: boolean;
}

/** A policy that somebody proposes, and what people said of it. */
export interface PolicyProposal extends RequestEntry {
  readonly model: string;
  readonly digest: string;
  readonly policy: Readonly<Record<string, unknown>>;
  /** What it would change, in lines. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly kept: readonly string[];
  readonly votes: readonly (ApprovalEntry & { readonly isCounted: boolean })[];
  /** How many approvals the present policy asks for, 0 where it asks for none. */
  readonly needed: number;
  /** What keeps this person from setting it. */
  readonly problem?: string;
  /** Of this person: whether they proposed it, and are to say something. */
  readonly isOwn: boolean;
  readonly isWanted: boolean;
}

export interface ProposalResult {
  readonly model: string;
  readonly digest: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly kept: readonly string[];
  readonly reviewers: readonly string[];
  readonly pending: boolean;
}

export interface PolicyReviewResult {
  readonly model: string;
  readonly digest: string;
  readonly isGiven: boolean;
  readonly pending: boolean;
}
