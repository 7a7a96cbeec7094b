import * as v from 'valibot';
import type { DeclaredDirections } from '../../base/metrics.ts';
import type { RequestEntry, ReviewVote } from '../../catalog/read-models/reviews.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { Verdict } from '../../gates/verdict.ts';
import type { GateStanding } from '../../registry/api/gates.ts';
import type { ChangesPageData } from './page-data.ts';

/** What the review page and the extension tell each other. */

const decisions = ['promote', 'override', 'approve', 'refuse', 'request', 'withdraw'] as const;
export type Decision = (typeof decisions)[number];

/** What a person decided on the page, of what it showed then. */
export const decisionSchema = v.strictObject({
  decision: v.picklist(decisions),
  text: v.pipe(v.string(), v.maxLength(20_000)),
  /** `ReviewPageData.revision`. */
  revision: v.pipe(v.number(), v.safeInteger()),
  /** Who is asked; everybody where there are none. */
  reviewers: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(512))), v.maxLength(32))),
});
export type DecisionRequest = v.InferOutput<typeof decisionSchema>;

/** `cancelled`: the person thought better of it. */
export interface DecisionResult {
  readonly outcome: 'done' | 'cancelled';
}

export interface ReviewGate extends Pick<Verdict, 'outcome' | 'measured' | 'why'> {
  /** What the log calls it. */
  readonly gate: string;
  readonly title: string;
  readonly required: string;
  /** `policy`: every reader of the log enforces it. */
  readonly source: 'project' | 'policy';
  readonly isCommand: boolean;
  /** It failed because people haven't said anything yet. */
  readonly isWaiting: boolean;
  /** Whether there is anything to show for it. */
  readonly hasEvidence: boolean;
  /** When it was recorded and by whom, where what was recorded is what holds now. */
  readonly recorded?: { readonly at: string; readonly by: string };
}

/** What the gates say now: evaluated apart from the page's data, which doesn't wait for it. */
export interface ReviewGates {
  readonly gates: readonly ReviewGate[];
}

export type ReviewApproval = ReviewVote;

/** Somebody asks for this promotion. `isOwn` and `isWanted` are about the person before the screen. */
export interface ReviewAsked extends RequestEntry {
  readonly isOwn: boolean;
  readonly isWanted: boolean;
}

/** The version that the candidate stands beside. */
export interface ReviewOther {
  readonly version: VersionDetails;
  /** It is in the stage itself, and not only in production. */
  readonly isInStage: boolean;
}

export interface ReviewPageData {
  /** Names what is shown: a decision is about that, and not about what came meanwhile. */
  readonly revision: number;
  readonly version: VersionDetails;
  readonly stage: string;
  /** Other stages that it could be reviewed for. */
  readonly otherStages: readonly string[];
  /** What moving it there would be; `none` where it is there. */
  readonly kind: GateStanding['kind'];
  readonly isExclusive: boolean;
  readonly other?: ReviewOther;
  /** What changed from the other to this one. */
  readonly changes?: ChangesPageData;
  readonly approvals: readonly ReviewApproval[];
  readonly request?: ReviewAsked;
  /** This person registered the version, so that their own approval doesn't count. */
  readonly isAuthor: boolean;
  /** From which stages the policy lets versions in, where it doesn't from all. */
  readonly from?: readonly string[];
  /** Whether the policy lets this person promote in spite of a gate. */
  readonly isOverrideAllowed: boolean;
  /** False in Restricted Mode, where nothing can be decided or run. */
  readonly isTrusted: boolean;
  /** The reason that a language model proposes this with. */
  readonly proposal?: string;
  /** Commands of gates that run right now, for this version and stage. */
  readonly running?: { readonly step: string };
  /** What the project file declares about the model's metrics. */
  readonly declared?: DeclaredDirections;
}

/** What is asked of a version for each stage that asks for anything, as its own page lists it. */
export interface VersionGates {
  readonly stages: readonly {
    readonly stage: string;
    /** What moving it there would be. */
    readonly kind: GateStanding['kind'];
    readonly gates: readonly ReviewGate[];
    readonly approvals: readonly ReviewApproval[];
    readonly request?: RequestEntry;
  }[];
}
