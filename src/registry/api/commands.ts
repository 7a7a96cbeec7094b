import type { OperationOptions } from '../../base/progress.ts';
import type { AliasEntry, ModelSummary } from '../../catalog/read-models/models.ts';
import type { Seen } from '../../catalog/read-models/reviews.ts';
import type { Metrics, Tags } from '../../catalog/read-models/values.ts';
import type { EvaluateRequest, EvaluateResult } from './evaluating.ts';
import type { FoundGate, GateLink } from './gates.ts';
import type { PolicyChange, PolicyReviewResult, ProposalResult } from './policies.ts';
import type { RegisterRequest, RegisterResult } from './registering.ts';
import type { RequestResult, ReviewResult } from './reviews.ts';
import type { ServingReport } from './serving.ts';
import type { SyncReport } from './sharing.ts';
import type { ArchiveRequest, PromoteRequest, RollbackRequest, TransitionResult } from './stages.ts';

export interface RegistryCommands {
  /** Takes over what others shared and shares what waits. Throws `NO_REMOTE`, and what the remote answers (`REMOTE_…`). */
  sync(request?: { readonly withBytes?: boolean }, options?: OperationOptions): Promise<SyncReport>;
  /** Takes back what waits to be shared. Throws `PENDING_NOT_FOUND`, and `WITHDRAW_UNCERTAIN` where it may have been shared. */
  withdraw(request: { readonly id: string }): Promise<void>;
  /** Says again that an old change of stage is wanted. Throws `PENDING_NOT_FOUND`. */
  confirm(request: { readonly id: string }): Promise<void>;
  /**
   * Decides about what was refused: asks for it again on top of what is there now, or drops it; then `reason` becomes a comment on the
   * version that it was about. Throws `REFUSED_NOT_FOUND`.
   */
  resolveRefused(request: {
    readonly id: string;
    readonly how: 'apply' | 'drop';
    readonly reason?: string;
  }): Promise<void>;
  /** Throws `MODEL_NAME_INVALID`, `NAME_TAKEN`. */
  createModel(request: {
    readonly name: string;
    readonly description?: string;
    readonly tags?: Tags;
  }): Promise<ModelSummary>;
  /**
   * Registers files as a version. The bytes that the model's latest version has, with nothing new of run, params or code, give that version. Throws
   * `PATH_NOT_FOUND`, and `FILE_CHANGED` where a file is written to meanwhile.
   */
  register(request: RegisterRequest, options?: OperationOptions): Promise<RegisterResult>;
  /**
   * Moves a version to a stage; towards a lower stage this is a demotion. `expectHolder`, a number or reference, or null for none, is
   * what the person saw in the exclusive stage: when it isn't there any more, the promotion is refused as a `CONFLICT`. Throws `REASON_EMPTY`,
   * `STAGE_UNKNOWN`, `STAGE_UNCHANGED`, and what the policy says against it: `TRANSITION_REFUSED`, `GATE_FAILED`, `OVERRIDE_REFUSED`, `SIGNATURE_NEEDED`.
   */
  promote(request: PromoteRequest, options?: OperationOptions): Promise<TransitionResult>;
  /**
   * Puts the stage's previous holder, or version number `to`, back. `stage` is `production` unless given. Waits for no gate, and reads the
   * files first: throws `ARTIFACT_ABSENT`, `ARTIFACT_DAMAGED`, `ARTIFACT_WITHDRAWN` only where they are gone. Throws `REASON_EMPTY`, `STAGE_UNCHANGED`,
   * `NEVER_HELD`, and `NOTHING_TO_ROLL_BACK` with the numbers that can be named as `others`.
   */
  rollback(request: RollbackRequest, options?: OperationOptions): Promise<TransitionResult>;
  /** Moves a version out of every stage; `expectStage` as for `promote`. */
  archive(request: ArchiveRequest): Promise<TransitionResult>;
  /** Points an alias to a version, wherever it pointed. Throws `ALIAS_INVALID`. */
  setAlias(request: { readonly model: string; readonly alias: string; readonly ref: string }): Promise<AliasEntry>;
  /** Throws `ALIAS_NOT_FOUND`. */
  removeAlias(request: { readonly model: string; readonly alias: string }): Promise<void>;
  /** Sets and removes tags of a version, or of a model with `onModel`. Throws `TAG_NOT_FOUND` for one to remove. */
  tag(request: {
    readonly ref: string;
    readonly set?: Tags;
    readonly remove?: readonly string[];
    readonly onModel?: boolean;
  }): Promise<void>;
  /** Adds a note to a version. Throws `TEXT_EMPTY`. */
  note(request: { readonly ref: string; readonly text: string }): Promise<void>;
  /**
   * Replaces the description of a version, or of a model with `onModel`. That of a version is its model card, in Markdown. Throws `TEXT_TOO_LONG`
   * beyond 16,384 characters.
   */
  describe(request: {
    readonly ref: string;
    readonly text: string;
    readonly onModel?: boolean;
    /** What the person saw: where another text is there meanwhile, it is refused as a `CONFLICT`. */
    readonly expected?: string;
  }): Promise<void>;
  /** Adds a comment to a version, or to a model with `onModel`. Throws `TEXT_EMPTY`. */
  comment(request: { readonly ref: string; readonly text: string; readonly onModel?: boolean }): Promise<void>;
  /** Throws `MODEL_NAME_INVALID`, `NAME_TAKEN`, `NAME_UNCHANGED`. The former name goes on to lead to the model. */
  renameModel(request: { readonly model: string; readonly name: string }): Promise<ModelSummary>;
  /**
   * Replaces a model's policy as a whole. `expectDigest` is what the person saw, null for none: when another is there, it is refused as a
   * `CONFLICT`. Throws `POLICY_INVALID`, `SIGNATURE_NEEDED` unless one of its present signers signs, or of its first ones, and
   * `POLICY_NOT_APPROVED` where the present policy wants others to approve it first.
   */
  setPolicy(request: {
    readonly model: string;
    readonly policy: unknown;
    readonly expectDigest?: string | null;
  }): Promise<PolicyChange>;
  /** Shows people another policy, so that they can approve it. Throws `POLICY_INVALID`, `POLICY_UNCHANGED`. */
  proposePolicy(request: {
    readonly model: string;
    readonly policy: unknown;
    readonly comment?: string;
    readonly reviewers?: readonly string[];
  }): Promise<ProposalResult>;
  /**
   * Approves a proposed policy, or refuses it, which needs a comment. `digest` may be cut short, and left out where one is proposed only.
   * Throws `PROPOSAL_NOT_FOUND`.
   */
  reviewPolicy(request: {
    readonly model: string;
    readonly digest?: string;
    readonly isGiven: boolean;
    readonly comment?: string;
  }): Promise<PolicyReviewResult>;
  /** Takes a proposal back. Throws `PROPOSAL_NOT_FOUND`. */
  withdrawPolicy(request: {
    readonly model: string;
    readonly digest?: string;
    readonly comment?: string;
  }): Promise<{ readonly model: string; readonly digest: string; readonly pending: boolean }>;
  /** Throws `REASON_EMPTY`, and `STAGE_HELD` and `ALIAS_HELD` for one that holds an exclusive stage or that an alias points to. */
  deleteVersion(request: { readonly ref: string; readonly reason: string }): Promise<void>;
  /**
   * Deletes a model with its versions. Throws `REASON_EMPTY`, `STAGE_HELD` while one of them
   * holds an exclusive stage, and `POLICY_NOT_APPROVED` where others have to approve that the policy ends.
   */
  deleteModel(request: { readonly model: string; readonly reason: string }): Promise<void>;
  /**
   * Says for others what this machine serves in `place`, a path of its own that isn't told. No part of the log. Throws what the storage
   * answers (`REMOTE_…`).
   */
  reportServing(report: ServingReport & { readonly place: string }): Promise<void>;
  /**
   * Attaches what was measured of a version, any number of times: on a dataset, on a slice of it. Without either, metrics complete the
   * version's own. Throws `METRICS_MISSING`, `INTERVAL_INVALID`, `METRIC_FIXED`, `PREDICTIONS_INVALID`, `DATASET_MISSING`, `METRIC_COMPUTED`.
   */
  evaluate(request: EvaluateRequest, options?: OperationOptions): Promise<EvaluateResult>;
  /**
   * Approves a version for a stage, or refuses it, which needs a comment; the last word of a person counts. `seen` is what the person looked
   * at (`GateStanding.seen`): an approval of anything else than what is there is refused as a `CONFLICT`.
   */
  review(request: {
    readonly ref: string;
    readonly stage: string;
    readonly isGiven: boolean;
    readonly comment?: string;
    readonly seen?: Seen;
  }): Promise<ReviewResult>;
  /**
   * Asks people to look at a version before it is promoted to a stage: `reviewers` by address or name, everybody where there are none. An open
   * request for the same is replaced. Throws `STAGE_UNKNOWN`, `STAGE_UNCHANGED`, `NO_PROMOTION`.
   */
  requestPromotion(request: {
    readonly ref: string;
    readonly stage: string;
    readonly comment?: string;
    readonly reviewers?: readonly string[];
  }): Promise<RequestResult>;
  /** Ends such a request. It ends by itself when the version gets there, is archived or deleted. Throws `REQUEST_UNKNOWN`. */
  withdrawRequest(request: {
    readonly ref: string;
    readonly stage: string;
    readonly comment?: string;
  }): Promise<RequestResult>;
  /** Records what gates found, with the evidence as objects. */
  recordGates(request: {
    readonly ref: string;
    readonly stage: string;
    readonly found: readonly FoundGate[];
  }): Promise<readonly GateLink[]>;
  /** Adds metrics that a version doesn't have yet. Throws `METRIC_FIXED` for one that it has with another value. */
  completeMetrics(request: { readonly ref: string; readonly metrics: Metrics }): Promise<void>;
}
