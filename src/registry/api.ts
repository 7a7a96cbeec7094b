import type { OperationOptions } from '../base/progress.ts';
import type { ColumnsRequest, Plot, PlotRequest, PlottedRequest, VersionColumns } from '../catalog/plot-models.ts';
import type {
  AliasEntry,
  ApprovalEntry,
  AtResult,
  Author,
  CodeChanges,
  CodeLineage,
  Comparison,
  ComparisonRow,
  DataLineage,
  FoundBy,
  GateResultEntry,
  Intervals,
  LockFile,
  LogEntry,
  LogKind,
  MachineLineage,
  Metrics,
  MetricValue,
  MissingFact,
  ModelDetails,
  ModelOverview,
  ModelSummary,
  NamedFor,
  PackageSource,
  Page,
  PageRequest,
  Params,
  ProductionEntry,
  RequestEntry,
  ReviewVote,
  RollbackPlan,
  RunLineage,
  Seen,
  StageCounts,
  StageRule,
  Tags,
  TenureEntry,
  VersionDetails,
  VersionSummary,
  Via,
  Vocabulary,
} from '../catalog/read-models.ts';
import type { TensorFacts } from '../modelfiles/facts.ts';
import type { FactsSummary } from '../modelfiles/facts-summary.ts';
import type { TensorQuery, TensorRows } from '../modelfiles/tensor-rows.ts';
import type { ComparedTensorQuery, ComparedTensorRows } from '../modelfiles/tensors/compared-rows.ts';
import type { TensorComparison } from '../modelfiles/tensors/tensor-difference.ts';
import type { MeasuredPredictions, ReadPredictions } from '../predictions/asked.ts';
import type { CertaintyAnswer, CertaintyQuestion } from '../predictions/certainty.ts';
import type { MetricHistory } from '../runs/run-record.ts';
import type { KeepReason } from './space/keep-rule.ts';

export type {
  ColumnsRequest,
  ManyVersions,
  Plot,
  PlotAxis,
  PlotBox,
  PlotPoint,
  PlotRequest,
  PlottedRequest,
  VersionColumns,
} from '../catalog/plot-models.ts';
export type {
  AliasEntry,
  ArtifactSummary,
  AtResult,
  Author,
  CodeChanges,
  CodeLineage,
  CommentEntry,
  ComparedDataset,
  Comparison,
  ComparisonRow,
  DataLineage,
  EvaluationEntry,
  FileEntry,
  FoundBy,
  Intervals,
  Lineage,
  LockFile,
  LogEntry,
  LogKind,
  MachineLineage,
  Metrics,
  MetricValue,
  MissingFact,
  ModelDetails,
  ModelOverview,
  ModelSummary,
  NotebookLineage,
  PackageSource,
  PackageVersion,
  Page,
  PageRequest,
  Params,
  ProductionEntry,
  RequestEntry,
  ReviewVote,
  RollbackPlan,
  RunLineage,
  Seen,
  StageCounts,
  StageRule,
  SubmoduleLineage,
  Tags,
  TenureEntry,
  TransitionEntry,
  VersionDetails,
  VersionFacts,
  VersionReview,
  VersionSummary,
  Via,
  Vocabulary,
} from '../catalog/read-models.ts';
export type { DangerFinding, SignatureEntry, TensorFacts } from '../modelfiles/facts.ts';
export type { TensorChange, TensorDifference, TensorForm } from '../modelfiles/tensors/tensor-difference.ts';
export type { KeepReason };

/** A registry's shared storage, and how it stands with it. */
export interface RemoteStatus {
  readonly url: string;
  readonly registryId: string;
  readonly upload: 'on-register' | 'on-promote';
  /** Intents that wait to be shared. */
  readonly pending: number;
  /** Of these, changes of stage that are so old that their author is asked again. */
  readonly stale: number;
  /** Intents that the shared log didn't take, about which a person has to decide. */
  readonly refused: number;
  readonly isSyncing: boolean;
  /** When this process was in agreement with the remote last. */
  readonly syncedAt?: string;
  /** Why the remote can't be reached, and since when. */
  readonly failure?: { readonly code: string; readonly message: string; readonly since: string };
  /** Why the files of a version can't be shared although the remote answers. */
  readonly problem?: { readonly code: string; readonly message: string };
  /** What this process asked of it, where the remote counts that. */
  readonly cost?: { readonly requests: number; readonly sentBytes: number; readonly receivedBytes: number };
}

export interface SyncReport {
  /** Commits taken over. */
  readonly received: number;
  /** Intents shared. */
  readonly sent: number;
  readonly refused: number;
  /** Artifacts whose bytes were brought into the remote. */
  readonly published: number;
  /**
   * What still waits. `bytes`: of its artifact, or of one before it; `stale`: until its author says again that it is wanted; `unsettled`: it
   * was sent, and whether it got there isn't known.
   */
  readonly waiting: readonly { readonly id: string; readonly why: 'bytes' | 'stale' | 'unsettled' }[];
  /** Where the remote counts them. */
  readonly cost?: { readonly requests: number; readonly sentBytes: number; readonly receivedBytes: number };
}

/** What attaching shared storage did, or would do. */
export interface AttachReport {
  readonly url: string;
  readonly registryId: string;
  /** The shared registry was made by this. */
  readonly isNew: boolean;
  readonly isPreview: boolean;
  readonly upload: 'on-register' | 'on-promote';
  /**
   * What is taken over of the registry on this machine. Where the shared one has a model of the same name (`isThere`), its versions join
   * that one as candidates.
   */
  readonly models: readonly {
    readonly name: string;
    readonly versions: number;
    readonly isThere: boolean;
    readonly withStages: boolean;
  }[];
  /** How many intents wait to be shared by that. */
  readonly intents: number;
}

/** What a machine says that it serves (docs/format.md, "What machines serve"). A claim of whoever may create blobs. */
export interface ServingReport {
  readonly machine: string;
  /** What it follows, such as `fraud-detector@production`. */
  readonly ref: string;
  readonly model: string;
  /** What is there now; absent where nothing is. */
  readonly serving?: { readonly version: string; readonly artifact: string; readonly since: string };
  /** What it was to serve and doesn't, and why. */
  readonly refused?: { readonly version: string; readonly why: string };
  /** It doesn't follow any more, in good order. */
  readonly isStopped: boolean;
  /** After so many seconds it reports again at the latest. */
  readonly againAfter: number;
}

/** What a serving machine said last (`follow --report`), beside what it should serve. A claim of that machine. */
export interface ServingMachine {
  /** Of the machine and the place that it keeps up to date there. */
  readonly id: string;
  readonly machine: string;
  /** What it follows, such as `fraud-detector@production`. */
  readonly ref: string;
  readonly model: string;
  readonly modelId: string;
  /** `silent`: it should have reported since. `stopped`: it has said that it doesn't follow any more. */
  readonly state: 'serving' | 'stopped' | 'silent';
  readonly heardAt: string;
  /** What it serves, by its number where this registry knows it; absent where it serves nothing. */
  readonly version?: { readonly id: string; readonly number?: number };
  readonly artifact?: string;
  readonly since?: string;
  /** Where the reference leads now. */
  readonly wanted?: { readonly id: string; readonly number: number; readonly artifact: string };
  /** It serves other files than those that it should. */
  readonly isDrift: boolean;
  /** What it tried to serve and went back from, and why. */
  readonly refused?: { readonly id: string; readonly number?: number; readonly why: string };
}

export interface ServingRequest {
  /** Only machines that follow this model. */
  readonly model?: string;
  /** Unless false, the storage is asked for new reports. */
  readonly isFresh?: boolean;
}

/** What a person asked for and the shared log doesn't have yet. */
export interface PendingEntry {
  readonly id: string;
  readonly askedAt: string;
  readonly by: Author;
  readonly via: Via;
  readonly summary: string;
  readonly reason?: string;
  readonly events: readonly unknown[];
  /** It is a change of stage that is so old that its author is asked again. */
  readonly isStale: boolean;
}

/** What a person asked for and the shared log didn't take. */
export interface RefusedEntry {
  readonly id: string;
  readonly askedAt: string;
  readonly by: Author;
  readonly summary: string;
  readonly events: readonly unknown[];
  /** Why it was refused: a stable name, and words. */
  readonly code: string;
  readonly reason: string;
  /** What stands there instead, where that can be told. */
  readonly theirs?: { readonly summary: string; readonly by: Author; readonly at: string; readonly reason?: string };
  /** What applying it again would come to now. */
  readonly wouldApply: boolean;
  readonly wouldDo: string;
}

/**
 * The registry's public interface: what the command line, the extension and programs call. Every argument and result is plain
 * data (it crosses thread boundaries), apart from the `OperationOptions` of long operations.
 *
 * A `ref` names a version: `model`, `model@7`, `model@production`, `model@champion`, `model@draft-<6>`, `model@<7+ hex digits
 * of the artifact digest>`. A bare `model` means its version in production, else its newest. Ids (ULIDs) are accepted wherever
 * a model or version is named: `<version ulid>` alone, or `<model>`.
 *
 * Every method throws `RegistryError`; a throw means that nothing changed.
 */
export interface Registry extends RegistryQueries, RegistryCommands {
  readonly location: RegistryLocation;
  /** Reads what other processes appended. True if anything was new. */
  refresh(): Promise<boolean>;
  /** Calls `listener` when queries have other answers: after commits were applied, this process's and others' alike, and when what waits to be shared changed. Returns the way to stop it. */
  onDidChange(listener: (change: RegistryChange) => void): () => void;
  /** Calls `listener` after something was recorded that this process asked for. Returns the way to stop it. */
  onDidRecord(listener: (recording: Recording) => void): () => void;
  /** What became of something recorded, by its id: `gone` where the log didn't take it, or somebody took it back. */
  outcomeOf(id: string): Promise<'applied' | 'pending' | 'gone'>;
  close(): Promise<void>;
}

export interface RegistryLocation {
  /** The folder that holds `format.json`. */
  readonly dir: string;
  readonly registryId: string;
  /** The folder of the log: another one where the registry is shared. */
  readonly logDir: string;
  /** Where it is shared. */
  readonly remoteUrl?: string;
}

/** What was asked for here and is recorded: durable, but others may not see it yet. */
export interface Recording {
  /** Of the intent. */
  readonly id: string;
  readonly at: string;
  /** For `recordedEvents` to read. */
  readonly events: readonly unknown[];
  /** Not shared yet: it may still be refused. */
  readonly pending: boolean;
}

export interface RegistryChange {
  /** Number of the newest commit applied. */
  readonly head: number;
}

export interface PromoteRequest {
  readonly ref: string;
  readonly stage: string;
  readonly reason: string;
  readonly override?: boolean;
  readonly expectHolder?: string | null;
  /** Digest of the policy that the person saw, null for none: when another holds, it is refused as a `CONFLICT`. */
  readonly expectPolicy?: string | null;
  /** Results of gates that it relies on. */
  readonly gates?: readonly GateLink[];
}

export interface RollbackRequest {
  readonly model: string;
  readonly to?: number;
  readonly stage?: string;
  readonly reason: string;
  readonly expectHolder?: string | null;
}

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
  createModel(request: {
    readonly name: string;
    readonly description?: string;
    readonly tags?: Tags;
  }): Promise<ModelSummary>;
  register(request: RegisterRequest, options?: OperationOptions): Promise<RegisterResult>;
  /**
   * Moves a version to a stage; towards a lower stage this is a demotion. `expectHolder`, a number or reference, or null for none, is
   * what the person saw in the exclusive stage: when it isn't there any more, the promotion is refused as a `CONFLICT`.
   */
  promote(request: PromoteRequest, options?: OperationOptions): Promise<TransitionResult>;
  /**
   * Puts the stage's previous holder, or version number `to`, back. `stage` is `production` unless given. Waits for no gate, and reads the
   * files first: throws `ARTIFACT_ABSENT`, `ARTIFACT_DAMAGED`, `ARTIFACT_WITHDRAWN` only where they are gone.
   */
  rollback(request: RollbackRequest, options?: OperationOptions): Promise<TransitionResult>;
  archive(request: { readonly ref: string; readonly reason: string }): Promise<TransitionResult>;
  setAlias(request: { readonly model: string; readonly alias: string; readonly ref: string }): Promise<AliasEntry>;
  removeAlias(request: { readonly model: string; readonly alias: string }): Promise<void>;
  /** Sets and removes tags of a version, or of a model where `ref` is given as `{ model }`. */
  tag(request: {
    readonly ref: string;
    readonly set?: Tags;
    readonly remove?: readonly string[];
    readonly onModel?: boolean;
  }): Promise<void>;
  /** Adds a note to a version. */
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
  comment(request: { readonly ref: string; readonly text: string; readonly onModel?: boolean }): Promise<void>;
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
  deleteVersion(request: { readonly ref: string; readonly reason: string }): Promise<void>;
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
  /** Adds metrics that a version doesn't have yet; a metric it has can't change. */
  completeMetrics(request: { readonly ref: string; readonly metrics: Metrics }): Promise<void>;
}

export interface EvaluateRequest {
  readonly ref: string;
  readonly metrics: Metrics;
  /** Confidence intervals of some of them. */
  readonly intervals?: Intervals;
  /** With an absolute `source`, a file or folder, its digest is recorded. */
  readonly dataset?: { readonly name: string; readonly source?: string };
  /** A part of the dataset, `country=DE`. */
  readonly slice?: string;
  /** A file of what was predicted of each example of the dataset: metrics are computed from it, of the whole and of the groups in `by`. */
  readonly predictions?: ReadPredictions & { readonly source: string };
}

export interface EvaluateResult {
  readonly version: VersionSummary;
  readonly dataset?: { readonly name: string; readonly sha256?: string | undefined };
  readonly predictions?: Omit<MeasuredPredictions, 'bytes'>;
  readonly pending: boolean;
}

/** Which metric is asked about; predictions by the digests that evaluations name. */
export interface CertaintyQuery extends CertaintyQuestion {
  readonly ours: string;
  /** Of another version, to compare with. */
  readonly theirs?: string;
}

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

export interface ReviewResult {
  readonly version: VersionSummary;
  readonly stage: string;
  readonly isGiven: boolean;
  readonly pending: boolean;
}

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

/** A place in the log's chain. */
export interface LogHead {
  readonly seq: number;
  readonly hash: string;
}

export interface LogRequest {
  readonly model?: string;
  readonly before?: string;
  readonly limit?: number;
  /** Only entries with an event of one of these kinds. */
  readonly kinds?: readonly LogKind[];
  /** Only what somebody of this name or address asked for. */
  readonly person?: string;
}

export interface ListModelsRequest extends PageRequest {
  /** By their names unless given; `recent`: those with the newest versions first. */
  readonly order?: 'name' | 'recent';
  /** Only models whose names contain this, in capitals or not. */
  readonly nameContains?: string;
}

export interface ListVersionsRequest extends PageRequest {
  readonly model?: string;
  readonly stage?: string;
  /** Of one model: only those that were registered at this time or later, and before that one; ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  /** Of one model: all versions, those first that are best by a metric; without other conditions. */
  readonly bestBy?: { readonly metric: string; readonly isLowerBetter?: boolean };
}

/** The finite values of a metric in versions of a model, by their numbers, oldest first. */
export interface MetricTrend {
  readonly name: string;
  readonly points: readonly (readonly [number: number, value: number])[];
}

/** A model card among the files of a version; `problem` where it can't be read. */
export type CardFile =
  | { readonly path: string; readonly text: string; readonly isCut: boolean }
  | { readonly path: string; readonly problem: string };

export interface CardAnswer {
  readonly version: VersionDetails;
  /** What is recorded, as a card in Markdown with places for what only a person can say. */
  readonly draft: string;
  /** The card as a file of its own, and where it is from: the description, a file of the version, or the draft where there is neither. */
  readonly document: string;
  readonly source: 'description' | 'file' | 'draft';
  readonly file?: CardFile;
}

export interface RegistryQueries {
  /** The newest commit, by its number and hash: with it, everything before is fixed. */
  head(): Promise<LogHead>;
  /** The shared storage, where the registry has any. */
  remote(): Promise<RemoteStatus | undefined>;
  /** What waits to be shared, in order. */
  pending(): Promise<readonly PendingEntry[]>;
  /** What the shared log didn't take, until somebody has decided about it. */
  refused(): Promise<readonly RefusedEntry[]>;
  /** Which version each machine serves that reports it, and whether it is the one that it should. Throws what the storage answers. */
  serving(request?: ServingRequest): Promise<readonly ServingMachine[]>;
  listModels(request?: ListModelsRequest): Promise<Page<ModelSummary>>;
  /** Newest first; `stage` restricts to the versions in it. All models' versions where `model` is absent. Throws `STAGE_UNKNOWN`, `TIME_INVALID`. */
  listVersions(request?: ListVersionsRequest): Promise<Page<VersionSummary>>;
  /** A model as a whole, with what its page needs. */
  overview(request: { readonly model: string }): Promise<ModelOverview>;
  /** Which versions held a stage, the one that came to it last first. Throws `STAGE_UNKNOWN`. */
  tenures(request: PageRequest & { readonly model: string; readonly stage: string }): Promise<Page<TenureEntry>>;
  /** The versions of a model as points: a metric against their order, their times, a param or another metric. At most some 2,000 of them. */
  plot(request: PlotRequest): Promise<Plot>;
  /** The versions that lie in a plot, or in a part of it, the best first. */
  plotted(request: PlottedRequest): Promise<Page<VersionSummary> & { readonly total: number }>;
  /** Params and metrics of many versions of a model at once: the newest 3,000. Throws `QUERY_INVALID` for a search that can't be read. */
  columns(request: ColumnsRequest): Promise<VersionColumns>;
  showModel(request: { readonly model: string }): Promise<ModelDetails>;
  show(request: { readonly ref: string }): Promise<VersionDetails>;
  /**
   * One entry for each intent, newest first. `before` is the `cursor` of the last entry seen. With `kinds` or `person` a page may have fewer
   * entries than `limit`, or none, and `next` all the same: so far was looked.
   */
  log(request?: LogRequest): Promise<Page<LogEntry>>;
  /** What each stage held at a moment: an ISO 8601 time, by the log's clock, or `now`, whatever that clock said. Stages other than `candidate` and `archived`. */
  at(request: { readonly time: string; readonly model?: string }): Promise<AtResult>;
  /**
   * Terms separated by spaces, all of which must hold: free text (model name, description, notes, tags, aliases, params),
   * `model:x`, `stage:x`, `alias:x`, `tag:k` or `tag:k=v`, `param:k=v`, `commit:abc`, and `metric>0.9` with `> >= < <= =`.
   */
  search(request: PageRequest & { readonly query: string }): Promise<Page<VersionSummary>>;
  /** Two to eight versions side by side; rows where they differ come first. */
  compare(request: { readonly refs: readonly string[] }): Promise<Comparison>;
  /**
   * What changed from one version to another, as far as it was recorded. Of one, named by `refs` or as `model`, against the version in
   * production; of the one in production, against the one that was in production before it. Throws `NOTHING_TO_COMPARE`, `SAME_VERSION`.
   */
  changes(request: { readonly refs?: readonly string[]; readonly model?: string }): Promise<VersionChanges>;
  /**
   * Which versions descend from something, and in which stages: from a version (`model@3`), a package (`numpy==1.26.4`, `numpy<2`), a commit, data by its place
   * or digest, a base model by its name. `version:`, `package:`, `commit:`, `data:` or `base:` before it says which is meant. Those in production come
   * first. Throws `IMPACT_UNKNOWN`, `REFERENCE_AMBIGUOUS`.
   */
  impact(request: PageRequest & { readonly of: string }): Promise<Impact>;
  /** What made something and what it went into, named as for `impact`: near it, and at most 80 nodes. */
  graph(request: { readonly of: string }): Promise<LineageGraph>;
  /**
   * What the files of a version say: what was recorded, or, for versions that were registered without, what their files say now, where they
   * are on this machine. `problem` says why there is nothing, or not all. Throws what the remote answers where the facts have to be fetched.
   */
  facts(
    request: { readonly ref: string; readonly withTensors?: boolean },
    options?: OperationOptions,
  ): Promise<FactsAnswer>;
  /** A part of the table of a version's tensors. */
  tensorRows(request: { readonly ref: string; readonly query: TensorQuery }): Promise<TensorRows>;
  /** The patch of a version's uncommitted changes; undefined where there is none. Throws `OBJECT_MISSING`, `OBJECT_DAMAGED`. */
  patch(request: { readonly ref: string }): Promise<Uint8Array | undefined>;
  /**
   * A file of a version, or what is in one of its folders, the first 5,000; of all, where `path` is absent. In a shared registry also where the files
   * aren't on this machine. Throws `FILE_NOT_FOUND`, `ARTIFACT_WITHDRAWN`, `FILES_NOT_SHARED`.
   */
  files(request: { readonly ref: string; readonly path?: string }): Promise<FilesAnswer>;
  /** The bytes of a file, verified. Throws `FILE_NOT_FOUND`, `FILE_TOO_LARGE` beyond 64 MiB, `OBJECT_MISSING`, `OBJECT_DAMAGED`, `ARTIFACT_WITHDRAWN`. */
  fileBytes(request: { readonly ref: string; readonly path: string }): Promise<Uint8Array>;
  /** Where the bytes of a model file are on this machine, with those of files that are read together with it. Not to be written to. Throws `FILES_NOT_HERE`. */
  filePlaces(request: { readonly ref: string; readonly path: string }): Promise<{
    readonly version: VersionSummary;
    readonly files: readonly { readonly path: string; readonly file: string }[];
  }>;
  /** Which files of the second of two versions differ from those of the first, the first 2,000 by their paths. */
  compareFiles(request: { readonly refs: readonly [string, string] }): Promise<{
    readonly before: VersionSummary;
    readonly after: VersionSummary;
    readonly changes: readonly FileChange[];
    readonly total: number;
  }>;
  /** Whether the data that a version was trained with is as it was, at its places below `root` (absolute). */
  checkData(
    request: { readonly ref: string; readonly root: string },
    options?: OperationOptions,
  ): Promise<readonly CheckedData[]>;
  /** How each metric of a version stands among the versions around it: 60 values at most of each, for the first 300 metrics. */
  trends(request: { readonly ref: string }): Promise<readonly MetricTrend[]>;
  /** What is there of a version's model card beside its description, which is what people wrote of it, and a draft of one. */
  card(request: { readonly ref: string }, options?: OperationOptions): Promise<CardAnswer>;
  /** The course of a version's metrics; undefined where none was recorded. */
  history(request: { readonly ref: string }): Promise<MetricCourses | undefined>;
  /**
   * What became of the tensors of the first of two versions in the second. Files that this machine doesn't have are fetched. Throws
   * `TENSORS_UNKNOWN` where a version's format names none, and `ARTIFACT_WITHDRAWN`. Without rows only what they come to.
   */
  compareTensors(
    request: { readonly refs: readonly string[]; readonly withoutRows?: boolean },
    options?: OperationOptions,
  ): Promise<TensorComparisonAnswer>;
  /** A part of the table of that. */
  comparedTensorRows(
    request: { readonly refs: readonly string[]; readonly query: ComparedTensorQuery },
    options?: OperationOptions,
  ): Promise<ComparedTensorRows>;
  /** For each model, the version in production with what was before it. */
  production(): Promise<readonly ProductionEntry[]>;
  /** What `rollback` would do now. Throws what `rollback` would throw. */
  rollbackTarget(request: {
    readonly model: string;
    readonly to?: number;
    readonly stage?: string;
  }): Promise<RollbackPlan>;
  /** What is recorded of a version on its way to a stage: results of gates, approvals, and the gates of the policy. Throws `STAGE_UNKNOWN`. */
  gateStanding(request: { readonly ref: string; readonly stage: string }): Promise<GateStanding>;
  /** The promotions that people ask for, the newest first; with `isWanted` those that want a word of this person. At most 500. */
  reviews(request?: {
    readonly model?: string;
    readonly ref?: string;
    readonly stage?: string;
    readonly isWanted?: boolean;
  }): Promise<readonly ReviewEntry[]>;
  /** The evidence of a gate, JSON. Throws `EVIDENCE_UNKNOWN`, `OBJECT_MISSING`, `OBJECT_DAMAGED`. */
  gateEvidence(request: { readonly digest: string }): Promise<string>;
  /**
   * How sure a metric is, or its difference from that of another version, by resampling the predictions that were recorded. Throws
   * `PREDICTIONS_UNKNOWN`, `PREDICTIONS_DAMAGED`, `OBJECT_MISSING`, `OBJECT_DAMAGED`.
   */
  certainty(request: CertaintyQuery, options?: OperationOptions): Promise<CertaintyAnswer>;
  policy(request: { readonly model: string }): Promise<PolicyDetails>;
  /** The policies that are proposed, the newest first; with `isWanted` those that want a word of this person. They end when a policy is set. */
  policyProposals(request?: {
    readonly model?: string;
    readonly isWanted?: boolean;
  }): Promise<readonly PolicyProposal[]>;
  /** What `setPolicy` would change. Throws `POLICY_INVALID`. */
  planPolicy(request: { readonly model: string; readonly policy: unknown }): Promise<PolicyPlan>;
  /** The stages of a model's policy in order, with their rules. */
  stages(request: { readonly model: string }): Promise<readonly StageRule[]>;
  /** How many versions of a model are in which stage. */
  stageCounts(request: { readonly model: string }): Promise<StageCounts>;
  /** What the newest versions of a model call their metrics, datasets and slices, for whoever writes about them. */
  vocabulary(request: { readonly model: string }): Promise<Vocabulary>;
  /** Writes the files of a version into `to`: a folder that is absent, empty, or was written by a pull before. */
  pull(request: { readonly ref: string; readonly to: string }, options?: OperationOptions): Promise<PullResult>;
  /** A local folder with the version's files, verified; its file where it has one only. Not to be written to. */
  path(
    request: { readonly ref: string },
    options?: OperationOptions,
  ): Promise<{ readonly path: string; readonly version: VersionSummary }>;
  /** Checks the chain, every verdict's ground, and with `artifacts` every manifest and object. Reports, never repairs. */
  verify(
    request?: { readonly artifacts?: boolean /** A commit that the log has to have. */; readonly pinned?: LogHead },
    options?: OperationOptions,
  ): Promise<VerifyReport>;
  /**
   * Frees the bytes of deleted versions, of old candidates beyond the budget, and what registrations left that didn't end; with `dryRun`
   * says what it would free, and why the rest stays. Metadata stays. What serves, or did within the rollback window, is never touched.
   * `retention` holds instead of what is configured. Throws `SPACE_BUSY` while another process stores files or frees space.
   */
  gc(
    request?: { readonly dryRun?: boolean; readonly retention?: RetentionChange },
    options?: OperationOptions,
  ): Promise<GcReport>;
  /** What takes space in the registry's folder. */
  diskUse(): Promise<DiskUse>;
  retention(): Promise<Retention>;
  /** Decides which bytes are kept on this machine from the next `gc` on. Throws `RETENTION_INVALID`. */
  setRetention(request: RetentionChange): Promise<Retention>;
  /** Throws the catalog away and builds it again from the log. */
  rebuild(options?: OperationOptions): Promise<{ readonly commits: number; readonly versions: number }>;
}

/** A file of a version, or a folder. */
export type FilesAnswer = { readonly version: VersionSummary } & (
  | { readonly kind: 'file'; readonly sizeBytes: number; readonly sha256: string }
  | { readonly kind: 'folder'; readonly entries: readonly FolderEntry[]; readonly leftOut: number }
);

export type FolderEntry =
  | { readonly name: string; readonly kind: 'folder' }
  | { readonly name: string; readonly kind: 'file'; readonly sizeBytes: number; readonly sha256: string };

export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: { readonly sizeBytes: number; readonly sha256: string };
  readonly after?: { readonly sizeBytes: number; readonly sha256: string };
}

export interface DataPlace {
  /** How it is called in the lineage, or its address. */
  readonly path: string;
  /** Absolute; absent for an address. */
  readonly source?: string;
  /** That nothing is there, or that it can't be read, is noted, instead of refusing the version. */
  readonly mayBeAbsent?: boolean;
}

export interface RegisterRequest {
  /** Made if it doesn't exist. */
  readonly model: string;
  /** Files and folders, absolute. */
  readonly paths: readonly string[];
  readonly metrics?: Metrics;
  readonly params?: Params;
  readonly description?: string;
  readonly tags?: Tags;
  readonly run?: RunLineage;
  readonly code?: CodeLineage;
  /** What the working tree had that the commit hasn't; its patch is kept as an object. */
  readonly uncommitted?: UncommittedChanges;
  /**
   * What training read. Files and folders have an absolute `source`, and `path` is how they are called in the lineage: they are hashed, unless
   * DVC or git-lfs knows them. Without `source`, `path` is an address (`hf://datasets/OWNER/NAME@REVISION`, `s3://…?versionId=…`).
   */
  readonly dataPaths?: readonly DataPlace[];
  readonly environment?: PythonEnvironment;
  /** What the packages were chosen by. */
  readonly locks?: readonly LockFile[];
  readonly machine?: MachineLineage;
  /** What couldn't be found out, and why. */
  readonly missing?: readonly MissingFact[];
  /** The course of the metrics, by their names. */
  readonly history?: Readonly<Record<string, MetricHistory>>;
  /** The folder of the run, absolute: what a model's own configuration says of files in it is looked at. */
  readonly folder?: string;
  /** A version here by its reference or a digest, files that are a version's, relative to `folder`, or any text that names the base model. */
  readonly base?: string;
  /** For the model, where this makes it. */
  readonly modelDescription?: string;
  /**
   * Where the model's latest version has these bytes, it is returned even if params or code are new; with `any`, where one of its versions
   * has them; with `since`, where that was registered since that time, as another watcher may have done for the same run.
   */
  readonly onlyNewBytes?: boolean | 'any' | { readonly since: string };
  /** When it was registered elsewhere, by the word of those it is taken over from: ISO 8601, in the past. Shown as a claim. */
  readonly claimedAt?: string;
  /** Where the request came from, if not from what the registry was opened for. */
  readonly via?: Via;
}

/** Data that a version was trained with, compared with what stands at its place. `unknown`: it was recorded without a digest. */
export interface CheckedData {
  readonly path: string;
  readonly state: 'same' | 'different' | 'missing' | 'unknown';
}

export interface UncommittedChanges extends Omit<CodeChanges, 'patch'> {
  /** For `git apply --binary` at the root of the repository; empty where everything that changed was left out. */
  readonly patch: Uint8Array;
}

export interface RegisterResult {
  readonly version: VersionSummary;
  /** False where these bytes, with the same run, params and code, were registered before: `version` is that one. */
  readonly isNew: boolean;
  /** The version registered before, where the new one has its files. */
  readonly sameFilesAs?: VersionSummary;
  /** Set where the model has a version in production other than this one. */
  readonly production?: VersionSummary;
}

export interface PythonEnvironment {
  readonly python?: string;
  /** Sorted by name. */
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  /** Names of those that conda installed and that aren't Python packages. */
  readonly conda?: readonly string[];
  /** Of packages that aren't from an index. */
  readonly sources?: readonly (PackageSource & { readonly name: string })[];
  readonly foundBy?: FoundBy;
}

/** What changed from one version to another. */
export interface VersionChanges {
  readonly before: VersionSummary;
  readonly after: VersionSummary;
  /** What `before` is to `after`, where it wasn't asked for by name. */
  readonly why: 'asked' | 'in-production' | 'in-production-before' | 'registered-before';
  readonly code: { readonly before?: CodeLineage; readonly after?: CodeLineage };
  readonly data: readonly DataChange[];
  /** Whether any was recorded, of either version. */
  readonly hasData: readonly [boolean, boolean];
  readonly packages: readonly PackageChange[];
  readonly hasPackages: readonly [boolean, boolean];
  /** Those that differ. */
  readonly params: readonly ComparisonRow[];
  /** All of them, those that differ first. */
  readonly metrics: readonly ComparisonRow[];
  /** What else differs of run, environment and base model. */
  readonly environment: readonly ComparisonRow[];
  /** What differs of what their files say. */
  readonly facts: readonly ComparisonRow[];
  readonly weights: 'same-files' | 'same' | 'different' | 'unknown';
}

/** Of `unknown` data, one of the versions didn't record the digest. */
export interface DataChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'unknown';
  readonly before?: DataLineage;
  readonly after?: DataLineage;
}

export interface PackageChange {
  readonly name: string;
  readonly kind: 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed';
  readonly before?: string;
  readonly after?: string;
}

/** What something went into. */
export interface Impact extends Page<ImpactEntry> {
  readonly subject: ImpactSubject;
  readonly total: number;
  readonly stages: readonly { readonly stage: string; readonly count: number }[];
}

export interface ImpactSubject {
  readonly kind: 'version' | 'data' | 'commit' | 'package' | 'base';
  readonly name: string;
  /** Where data lies that was named by its digest, as some version recorded it. */
  readonly path?: string;
  readonly version?: VersionSummary;
}

/** What made something, and what it went into. */
export interface LineageGraph {
  /** The id of the node that was asked about. */
  readonly subject: string;
  readonly nodes: readonly GraphNode[];
  /** What went into what. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export interface GraphNode {
  readonly id: string;
  /** `more` stands for what isn't shown. */
  readonly kind: 'version' | 'code' | 'data' | 'environment' | 'base' | 'package' | 'more';
  readonly label: string;
  readonly detail?: string;
  readonly stage?: string;
  /** What to ask `impact` and `graph` about it, where they know it. */
  readonly of?: string;
}

export interface ImpactEntry {
  readonly version: VersionSummary;
  /** It was made from the subject itself, and not from a version that was. */
  readonly isDirect: boolean;
  /** The version between, where one was recorded. */
  readonly through?: string;
}

/** What the files of a version say. */
export interface FactsAnswer {
  readonly version: VersionSummary;
  /** `weights` names the weights, whatever file they are in. */
  readonly facts?: FactsSummary & { readonly weights?: string };
  /** All of them, where they were asked for. */
  readonly tensors?: readonly TensorFacts[];
  /** `files` where nothing was recorded, and they were read now. */
  readonly readFrom?: 'registration' | 'files';
  readonly problem?: string;
}

/** For each metric its points, in order: step, value and, where it is known, the time in milliseconds since the epoch. */
export type MetricCourses = Readonly<
  Record<
    string,
    {
      readonly points: readonly (readonly [number, MetricValue] | readonly [number, MetricValue, number])[];
      /** How many there were before they were thinned. */
      readonly total: number;
    }
  >
>;

export interface TensorComparisonAnswer extends TensorComparison {
  readonly versions: readonly [VersionSummary, VersionSummary];
}

export interface TransitionResult {
  readonly version: VersionSummary;
  readonly from: string;
  readonly to: string;
  readonly kind: 'promote' | 'rollback' | 'demote' | 'archive';
  readonly displaced: readonly VersionSummary[];
  readonly seq: number;
  readonly at: string;
  /** Recorded on this machine, and not shared yet: others don't see it, and it may be refused. */
  readonly pending: boolean;
}

export interface PullResult {
  readonly version: VersionSummary;
  readonly to: string;
  readonly fileCount: number;
  readonly sizeBytes: number;
}

/** Which bytes a registry on this machine keeps. */
export interface Retention {
  /** How many bytes old candidates may take; undefined keeps them all. */
  readonly candidateBudgetBytes?: number;
  /** For how long what was in production, or another stage that serves, stays restorable. */
  readonly rollbackWindowDays: number;
  /**
   * How many bytes the files of a shared registry may take on this disk; undefined for no limit. What wasn't used for longest goes first, and
   * is fetched again when it is needed. What the shared storage doesn't have stays in any case.
   */
  readonly cacheLimitBytes?: number;
  /** Whether somebody decided, or these are the values that hold without a decision. */
  readonly isChosen: boolean;
}

/** What of a retention rule is to be another. A budget or limit of `null` is none. */
export interface RetentionChange {
  readonly candidateBudgetBytes?: number | null;
  readonly rollbackWindowDays?: number;
  readonly cacheLimitBytes?: number | null;
}

export interface GcReport {
  readonly isDryRun: boolean;
  /** Of a shared registry: what was freed besides, because of the limit of its files on this disk. */
  readonly cacheFreedBytes?: number;
  /** Of a dry run: who stores files now, so that nothing could be freed until that is done. */
  readonly storing?: { readonly pid: number; readonly host: string };
  readonly retention: Retention;
  /** Artifacts whose bytes are there, those of the newest versions first. */
  readonly artifacts: readonly GcArtifact[];
  /** Every object in the registry's folder. */
  readonly objects: readonly GcObject[];
  readonly freed: { readonly objects: number; readonly bytes: number };
  readonly kept: { readonly objects: number; readonly bytes: number };
  /**
   * Files that somebody began to write and didn't finish: `freed` of processes that have ended, `kept` where one may still go on with them, for a day at
   * most.
   */
  readonly unfinished: { readonly freed: UnfinishedFiles; readonly kept: UnfinishedFiles };
}

export interface UnfinishedFiles {
  readonly files: number;
  readonly bytes: number;
}

export interface GcArtifact {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly isKept: boolean;
  /** The versions with this artifact that aren't deleted, and why each needs its bytes. */
  readonly versions: readonly { readonly version: string; readonly reasons: readonly KeepReason[] }[];
}

export interface GcObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Digests of the artifacts that keep it, up to ten. */
  readonly keptBy: readonly string[];
  /**
   * Why it stays, empty for what goes: why the versions of these artifacts need it; `evidence`, `facts` or `history` where the log names it
   * by itself; `pending` where a registration under way may have stored it.
   */
  readonly reasons: readonly (KeepReason | NamedFor | 'pending')[];
}

export interface DiskUse {
  /** Folder or file of the registry by what it holds. */
  readonly parts: readonly { readonly name: string; readonly files: number; readonly bytes: number }[];
  readonly totalBytes: number;
}

export interface VerifyReport {
  readonly commits: number;
  readonly manifests: number;
  readonly objects: number;
  readonly bytes: number;
  readonly head: { readonly seq: number; readonly hash: string };
  /** Where artifacts were checked: of how many versions all files are whole, and how many should have theirs. */
  readonly restorable?: { readonly whole: number; readonly total: number };
  /** Empty for a sound registry. */
  readonly problems: readonly VerifyProblem[];
  /** Intents in the log that changed nothing, and why: history, not damage. */
  readonly voids: readonly { readonly seq: number; readonly id?: string; readonly reason: string }[];
}

export interface VerifyProblem {
  readonly code:
    | 'COMMIT_DAMAGED'
    | 'COMMIT_REWRITTEN'
    | 'COMMIT_MISSING'
    | 'COMMIT_UNREADABLE'
    | 'LOG_STRAY'
    | 'MANIFEST_MISSING'
    | 'MANIFEST_DAMAGED'
    | 'OBJECT_MISSING'
    | 'OBJECT_DAMAGED'
    | 'FORMAT_DAMAGED'
    | 'HEAD_NOT_PINNED'
    | 'REMOTE_REWRITTEN';
  /** Key of the thing that is wrong, relative to the registry's folder. */
  readonly key: string;
  readonly message: string;
  /** `model@number` of the versions that need it, or were registered there. */
  readonly versions: readonly string[];
}
