import type { GateResultEntry, RequestEntry, ReviewVote, Seen } from '../../catalog/read-models/reviews.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';

/** What a gate found, with the evidence for it: plain data. */
export interface FoundGate {
  readonly gate: string;
  readonly outcome: 'passed' | 'failed';
  /** The id of the version that it was compared with in a stage, null where none was there: without it, the result says nothing more. */
  readonly against?: { readonly stage: string; readonly version: string | null };
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** A recorded result, by its evidence. */
export interface GateLink {
  readonly gate: string;
  readonly outcome: 'passed' | 'failed';
  readonly evidence: string;
}

export interface GateStanding {
  readonly version: VersionSummary;
  readonly stage: string;
  /** What moving it there would be; `none` where it is there. */
  readonly kind: 'promote' | 'demote' | 'archive' | 'none';
  readonly isExclusive: boolean;
  /** The stages of the model. */
  readonly stages: readonly string[];
  /** Names that the model had before. */
  readonly formerNames: readonly string[];
  /** Whether this person registered the version, so that their own approval doesn't count. */
  readonly isAuthor: boolean;
  /** Whether the policy lets this person promote in spite of a gate. */
  readonly isOverrideAllowed: boolean;
  /** Of the policy in force, null for none: pass it on to `promote`, so that no other is put in its place meanwhile. */
  readonly policyDigest: string | null;
  /** From which stages the policy lets versions in, where it doesn't from all. */
  readonly from?: readonly string[];
  /** Who asks for this promotion, where somebody does. */
  readonly request?: RequestEntry;
  /** What an approval now is bound to: pass what was shown on to `review`. */
  readonly seen: Seen;
  /** The other version that is in an exclusive stage. */
  readonly holder?: VersionSummary;
  /** Of the exclusive stages that are empty, the other version that was there last: what gates compare with then. */
  readonly lastHolders?: readonly { readonly stage: string; readonly version: VersionSummary }[];
  /** The newest of each gate; `stale` says why it says nothing any more. */
  readonly results: readonly (GateResultEntry & { readonly stale?: string })[];
  readonly approvals: readonly ReviewVote[];
  /** Gates that every reader enforces; `problem` where one isn't passed. */
  readonly policyGates: readonly {
    readonly gate: string;
    readonly problem?: string;
    /** Name of the result that it takes, where it takes one, and whether it takes it of this person. */
    readonly recorded?: { readonly name: string; readonly isOfOwn: boolean };
  }[];
}
