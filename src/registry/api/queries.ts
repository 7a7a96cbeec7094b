import type { OperationOptions } from '../../base/progress.ts';
import type { Page, PageRequest } from '../../catalog/paging.ts';
import type { Comparison } from '../../catalog/read-models/comparison.ts';
import type { AtResult, ProductionEntry, RollbackPlan } from '../../catalog/read-models/holders.ts';
import type { LogEntry } from '../../catalog/read-models/log.ts';
import type { ModelDetails, ModelOverview, ModelSummary, Vocabulary } from '../../catalog/read-models/models.ts';
import type {
  ColumnsRequest,
  Plot,
  PlotRequest,
  PlottedRequest,
  VersionColumns,
} from '../../catalog/read-models/plot.ts';
import type { StageCounts, StageRule, TenureEntry } from '../../catalog/read-models/stages.ts';
import type { VersionDetails, VersionSummary } from '../../catalog/read-models/versions.ts';
import type { TensorQuery, TensorRows } from '../../modelfiles/tensor-rows.ts';
import type { ComparedTensorQuery, ComparedTensorRows } from '../../modelfiles/tensors/compared-rows.ts';
import type { CertaintyAnswer } from '../../predictions/certainty.ts';
import type { CardAnswer } from './card.ts';
import type { CheckedData, VersionChanges } from './changes.ts';
import type { CertaintyQuery } from './evaluating.ts';
import type { FactsAnswer, MetricCourses, TensorComparisonAnswer } from './facts.ts';
import type { FileChange, FilesAnswer, PullResult } from './files.ts';
import type { GateStanding } from './gates.ts';
import type { Impact, LineageGraph } from './impact.ts';
import type { ListModelsRequest, ListVersionsRequest, MetricTrend } from './listing.ts';
import type { LogHead, LogRequest } from './log.ts';
import type { PolicyDetails, PolicyPlan, PolicyProposal } from './policies.ts';
import type { ReviewEntry } from './reviews.ts';
import type { ServingMachine, ServingRequest } from './serving.ts';
import type { PendingEntry, RefusedEntry, RemoteStatus } from './sharing.ts';
import type { DiskUse, GcReport, Retention, RetentionChange } from './space.ts';
import type { VerifyReport } from './verifying.ts';

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
  /** With `withDeleted`, also one that was deleted, by its number or id. */
  show(request: { readonly ref: string; readonly withDeleted?: boolean }): Promise<VersionDetails>;
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
