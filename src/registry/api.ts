import type { OperationOptions } from '../base/progress.ts';

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
  /** Calls `listener` after commits were applied, this process's and others' alike. Returns the way to stop it. */
  onDidChange(listener: (change: RegistryChange) => void): () => void;
  close(): Promise<void>;
}

export interface RegistryLocation {
  /** The folder that holds `format.json`. */
  readonly dir: string;
  readonly registryId: string;
}

export interface RegistryChange {
  /** Number of the newest commit applied. */
  readonly head: number;
}

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** Where an intent came from. */
export type Via = 'editor' | 'cli' | 'auto' | 'import';

export interface RegistryCommands {
  createModel(request: { readonly name: string; readonly description?: string; readonly tags?: Tags }): Promise<ModelSummary>;
  register(request: RegisterRequest, options?: OperationOptions): Promise<RegisterResult>;
  /** Moves a version to a stage other than `archived`; towards a lower stage this is a demotion. */
  promote(request: { readonly ref: string; readonly stage: string; readonly reason: string; readonly override?: boolean }): Promise<TransitionResult>;
  /** Puts the stage's previous holder, or version number `to`, back. `stage` is `production` unless given. */
  rollback(request: { readonly model: string; readonly to?: number; readonly stage?: string; readonly reason: string }): Promise<TransitionResult>;
  archive(request: { readonly ref: string; readonly reason: string }): Promise<TransitionResult>;
  setAlias(request: { readonly model: string; readonly alias: string; readonly ref: string }): Promise<AliasEntry>;
  removeAlias(request: { readonly model: string; readonly alias: string }): Promise<void>;
  /** Sets and removes tags of a version, or of a model where `ref` is given as `{ model }`. */
  tag(request: { readonly ref: string; readonly set?: Tags; readonly remove?: readonly string[]; readonly onModel?: boolean }): Promise<void>;
  /** Adds a note to a version. */
  note(request: { readonly ref: string; readonly text: string }): Promise<void>;
  /** Replaces the description of a version, or of a model with `onModel`. */
  describe(request: { readonly ref: string; readonly text: string; readonly onModel?: boolean }): Promise<void>;
  comment(request: { readonly ref: string; readonly text: string; readonly onModel?: boolean }): Promise<void>;
  renameModel(request: { readonly model: string; readonly name: string }): Promise<ModelSummary>;
  deleteVersion(request: { readonly ref: string; readonly reason: string }): Promise<void>;
  deleteModel(request: { readonly model: string; readonly reason: string }): Promise<void>;
  /** Adds metrics that a version doesn't have yet; a metric it has can't change. */
  completeMetrics(request: { readonly ref: string; readonly metrics: Metrics }): Promise<void>;
}

export interface RegistryQueries {
  listModels(request?: PageRequest): Promise<Page<ModelSummary>>;
  /** Newest first; `stage` restricts to the versions in it. All models' versions where `model` is absent. */
  listVersions(request?: PageRequest & { readonly model?: string; readonly stage?: string }): Promise<Page<VersionSummary>>;
  showModel(request: { readonly model: string }): Promise<ModelDetails>;
  show(request: { readonly ref: string }): Promise<VersionDetails>;
  /** One entry for each intent, newest first. `before` is the `cursor` of the last entry seen. */
  log(request?: { readonly model?: string; readonly before?: string; readonly limit?: number }): Promise<Page<LogEntry>>;
  /** What each stage held at a moment: an ISO 8601 time, by the log's clock. Stages other than `candidate` and `archived`. */
  at(request: { readonly time: string; readonly model?: string }): Promise<AtResult>;
  /**
   * Terms separated by spaces, all of which must hold: free text (model name, description, notes, tags, aliases, params),
   * `model:x`, `stage:x`, `alias:x`, `tag:k` or `tag:k=v`, `param:k=v`, `commit:abc`, and `metric>0.9` with `> >= < <= =`.
   */
  search(request: PageRequest & { readonly query: string }): Promise<Page<VersionSummary>>;
  /** Two to eight versions side by side; rows where they differ come first. */
  compare(request: { readonly refs: readonly string[] }): Promise<Comparison>;
  /** For each model, the version in production with what was before it. */
  production(): Promise<readonly ProductionEntry[]>;
  /** What `rollback` would do now. Throws what `rollback` would throw. */
  rollbackTarget(request: { readonly model: string; readonly to?: number; readonly stage?: string }): Promise<RollbackPlan>;
  /** The stages of a model's policy in order, with their rules. */
  stages(request: { readonly model: string }): Promise<readonly StageRule[]>;
  /** Writes the files of a version into `to`: a folder that is absent, empty, or was written by a pull before. */
  pull(request: { readonly ref: string; readonly to: string }, options?: OperationOptions): Promise<PullResult>;
  /** A local folder with the version's files, verified; its file where it has one only. Not to be written to. */
  path(request: { readonly ref: string }, options?: OperationOptions): Promise<{ readonly path: string; readonly version: VersionSummary }>;
  /** Checks the chain, every verdict's ground, and with `artifacts` every manifest and object. Reports, never repairs. */
  verify(request?: { readonly artifacts?: boolean }, options?: OperationOptions): Promise<VerifyReport>;
  /** Throws the catalog away and builds it again from the log. */
  rebuild(options?: OperationOptions): Promise<{ readonly commits: number; readonly versions: number }>;
}

export interface PageRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

/** `next` is the cursor of the following page, absent on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export type Tags = Readonly<Record<string, string>>;
/** Infinite and undefined results are kept as strings, which JSON can carry. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity';
export type Metrics = Readonly<Record<string, MetricValue>>;
export type Params = Readonly<Record<string, string>>;

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
  readonly data?: readonly DataLineage[];
  readonly environment?: PythonEnvironment;
  /** A reference into this registry, or any text that names the base model. */
  readonly base?: string;
}

export interface RegisterResult {
  readonly version: VersionSummary;
  /** False where these bytes, with the same run, params and code, were registered before: `version` is that one. */
  readonly isNew: boolean;
  /** Set where the model has a version in production other than this one. */
  readonly production?: VersionSummary;
}

export interface RunLineage {
  /** Identity of the run where a tracker gives one. */
  readonly id?: string;
  readonly name?: string;
  readonly tracker?: string;
  readonly url?: string;
  readonly command?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly exitCode?: number;
}

export interface CodeLineage {
  readonly commit: string;
  readonly branch?: string;
  readonly isDirty: boolean;
  /** Without credentials. */
  readonly remote?: string;
  /** When it was read: `start` or `end` of the run, or at `detection` of the output. */
  readonly capturedAt: 'start' | 'end' | 'detection';
}

export interface DataLineage {
  readonly path: string;
  readonly sha256?: string;
  readonly sizeBytes?: number;
}

export interface PackageVersion {
  readonly name: string;
  readonly version: string;
}

export interface PythonEnvironment {
  readonly python?: string;
  /** Sorted by name. */
  readonly packages: readonly PackageVersion[];
}

export interface ModelSummary {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Tags;
  readonly createdAt: string;
  readonly createdBy: Author;
  readonly versions: number;
  readonly latest?: VersionSummary;
  readonly production?: VersionSummary;
}

export interface AliasEntry {
  readonly alias: string;
  readonly number: number;
  readonly versionId: string;
}

export interface ModelDetails extends ModelSummary {
  readonly aliases: readonly AliasEntry[];
  readonly stages: readonly StageRule[];
  readonly comments: readonly CommentEntry[];
  /** Names it had before. */
  readonly formerNames: readonly string[];
}

export interface StageRule {
  readonly name: string;
  readonly isExclusive: boolean;
  /** Where an exclusive stage's holder goes when another version takes it. */
  readonly displacedTo?: string;
}

export interface VersionSummary {
  readonly model: string;
  readonly modelId: string;
  readonly id: string;
  readonly number: number;
  readonly stage: string;
  /** When and by whom it got into its stage. */
  readonly stageSince: string;
  readonly stageBy: Author;
  readonly createdAt: string;
  readonly createdBy: Author;
  readonly via: Via;
  readonly description: string;
  readonly tags: Tags;
  readonly aliases: readonly string[];
  readonly metrics: Metrics;
  readonly params: Params;
  readonly artifact: ArtifactSummary;
  /** True until the version is in the authority's log. */
  readonly pending: boolean;
}

export interface ArtifactSummary {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly fileCount: number;
}

export interface FileEntry {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly isExecutable: boolean;
}

export interface VersionDetails extends VersionSummary {
  /** Undefined where the manifest is missing or damaged: `verify` tells more. */
  readonly files?: readonly FileEntry[];
  readonly lineage: Lineage;
  readonly transitions: readonly TransitionEntry[];
  readonly notes: readonly CommentEntry[];
  readonly comments: readonly CommentEntry[];
  /** Other versions with the same bytes. */
  readonly sameArtifact: readonly { readonly model: string; readonly number: number }[];
}

export interface Lineage {
  readonly code?: CodeLineage;
  readonly data: readonly DataLineage[];
  readonly run?: RunLineage;
  readonly evaluations: readonly EvaluationEntry[];
  readonly dependencies: readonly PackageVersion[];
  readonly environment?: { readonly digest: string; readonly python?: string };
  readonly baseModel?: { readonly name: string; readonly versionId?: string; readonly number?: number };
}

export interface EvaluationEntry {
  readonly at: string;
  readonly by: Author;
  readonly dataset?: string;
  readonly slice?: string;
  readonly metrics: Metrics;
}

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
  /** Numbers of the versions it displaced; for `displaced`, the version it made way for. */
  readonly displaced: readonly number[];
  readonly seq: number;
}

export interface CommentEntry {
  readonly id: string;
  readonly text: string;
  readonly by: Author;
  readonly at: string;
}

export interface TransitionResult {
  readonly version: VersionSummary;
  readonly from: string;
  readonly to: string;
  readonly kind: 'promote' | 'rollback' | 'demote' | 'archive';
  readonly displaced: readonly VersionSummary[];
  readonly seq: number;
  readonly at: string;
}

export interface RollbackPlan {
  readonly stage: string;
  readonly current?: VersionSummary;
  readonly target: VersionSummary;
  /** Other versions that could be named, most recent holder first. */
  readonly others: readonly VersionSummary[];
}

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

export interface LogEntry {
  /** Place in the log; pass it on as `before`. */
  readonly cursor: string;
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly askedAt: string;
  readonly by: Author;
  readonly via: string;
  /** One line for a person, in terms of names and numbers. */
  readonly summary: string;
  /** Reason given by the author, where the events carry one. */
  readonly reason?: string;
  readonly events: readonly unknown[];
  /** Why it changed nothing, where it didn't. */
  readonly void?: string;
}

export interface AtResult {
  readonly time: string;
  /** Number of the newest commit at that time; 0 before the first. */
  readonly seq: number;
  readonly holders: readonly {
    readonly model: string;
    readonly stage: string;
    readonly number: number;
    readonly versionId: string;
    readonly since: string;
    readonly by: Author;
    readonly reason: string;
  }[];
}

export interface ComparisonRow {
  readonly name: string;
  /** One for each version, in the order asked for; undefined where it has none. */
  readonly values: readonly (string | number | undefined)[];
  readonly isDifferent: boolean;
}

export interface Comparison {
  readonly versions: readonly VersionSummary[];
  readonly metrics: readonly ComparisonRow[];
  readonly params: readonly ComparisonRow[];
  readonly tags: readonly ComparisonRow[];
  readonly lineage: readonly ComparisonRow[];
  readonly dependencies: readonly ComparisonRow[];
  /** Values are `size · first digits of the digest`. */
  readonly files: readonly ComparisonRow[];
}

export interface PullResult {
  readonly version: VersionSummary;
  readonly to: string;
  readonly fileCount: number;
  readonly sizeBytes: number;
}

export interface VerifyReport {
  readonly commits: number;
  readonly manifests: number;
  readonly objects: number;
  readonly bytes: number;
  readonly head: { readonly seq: number; readonly hash: string };
  /** Empty for a sound registry. */
  readonly problems: readonly VerifyProblem[];
  /** Intents in the log that changed nothing, and why: history, not damage. */
  readonly voids: readonly { readonly seq: number; readonly id?: string; readonly reason: string }[];
}

export interface VerifyProblem {
  readonly code: 'COMMIT_DAMAGED' | 'COMMIT_MISSING' | 'MANIFEST_MISSING' | 'MANIFEST_DAMAGED' | 'OBJECT_MISSING' | 'OBJECT_DAMAGED' | 'FORMAT_DAMAGED';
  /** Key of the thing that is wrong, relative to the registry's folder. */
  readonly key: string;
  readonly message: string;
  /** `model@number` of the versions that need it. */
  readonly versions: readonly string[];
}
