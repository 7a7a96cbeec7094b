// What queries return: plain data, in the words of the vocabulary.

import type { Danger } from '../base/danger-of.ts';
import type { MetricValue } from '../base/metric-value.ts';

/** Who did something. Name and address are what they say of themselves. */
export interface Author {
  readonly name: string;
  readonly email: string;
  /** Who signed it with a key that the policy knew as theirs: proven. */
  readonly signer?: string;
}

/** Where an intent came from. */
export type Via = 'editor' | 'cli' | 'auto' | 'import';

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

export type { MetricValue };

export type Metrics = Readonly<Record<string, MetricValue>>;

export type Params = Readonly<Record<string, string>>;

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
  /** Folder in which the command ran, relative to the project's, where it was another one. */
  readonly folder?: string;
  /** How it is known that this command wrote the outputs: `run` is the command line's own; the others the editor saw. */
  readonly seenAs?: 'run' | 'terminal' | 'task' | 'debug' | 'notebook';
  /** How many other commands ran then that could have written the outputs. */
  readonly othersCount?: number;
  /** The notebook that was executed. */
  readonly notebook?: NotebookLineage;
}

export interface NotebookLineage {
  /** Relative to the project's folder. */
  readonly path: string;
  /** Of the file, where what was executed had been saved. */
  readonly sha256?: string;
  /** Digest of the executed cells, in the order of their execution. */
  readonly cells: string;
  readonly cellCount: number;
}

export interface CodeLineage {
  readonly commit: string;
  readonly branch?: string;
  readonly isDirty: boolean;
  /** Without credentials. */
  readonly remote?: string;
  /** When it was read: `start` or `end` of the run, or at `detection` of the output. */
  readonly capturedAt: 'start' | 'end' | 'detection';
  /** Folder of the repository in which the run was, where it wasn't its root. */
  readonly folder?: string;
  readonly tags?: readonly string[];
  /** The name of the repository's folder. */
  readonly repository?: string;
  /** Those that were checked out. */
  readonly submodules?: readonly SubmoduleLineage[];
  /** Whether a branch of a remote had the commit, as far as the clone knew. */
  readonly isPushed?: boolean;
  /** What the working tree had that the commit hasn't, where it is known. */
  readonly changes?: CodeChanges;
}

export interface SubmoduleLineage {
  readonly path: string;
  readonly commit: string;
  /** It had changes that its commit hasn't, of which no patch is kept. */
  readonly isDirty?: true;
}

export interface CodeChanges {
  /** Digest of the object with the patch; absent where there was nothing to keep. */
  readonly patch?: string;
  /** How many files the patch changes. */
  readonly fileCount: number;
  /** Files that the patch leaves out, the first 50: with any, commit and patch don't make the whole tree. */
  readonly leftOut: readonly { readonly path: string; readonly why: 'secret' | 'size' }[];
  readonly leftOutCount: number;
  /** Files that git neither tracks nor ignores, and that aren't in the patch. */
  readonly untrackedCount: number;
}

export interface DataLineage {
  /** Place relative to the folder of the run, or an address. */
  readonly path: string;
  /** Of a file; of a folder the digest of its manifest. */
  readonly sha256?: string;
  readonly sizeBytes?: number;
  /** Who names it, where it wasn't read: DVC, git-lfs, the Hugging Face Hub, an address. */
  readonly kind?: 'dvc' | 'lfs' | 'huggingface' | 'url';
  /** Its name there: `md5:<hex>`, with `.dir` for a folder of DVC. */
  readonly hash?: string;
  /** Of what an address names. */
  readonly revision?: string;
  /** Of tables, without the line of names. */
  readonly rows?: number;
  /** Of a folder. */
  readonly fileCount?: number;
}

export interface PackageVersion {
  readonly name: string;
  readonly version: string;
  /** Where it isn't from an index. */
  readonly source?: PackageSource;
  /** Conda installed it, and it is no Python package. */
  readonly isConda?: true;
}

/** Where a package was installed from, where that isn't an index. */
export interface PackageSource {
  /** It is used from where its code lies. */
  readonly isEditable?: boolean;
  readonly commit?: string;
  /** Its code had changes that weren't committed. */
  readonly isDirty?: boolean;
  /** Without credentials. */
  readonly url?: string;
  /** Relative to the folder of the run, where it lies in the same repository. */
  readonly folder?: string;
  /** Of an archive. */
  readonly sha256?: string;
}

export interface LockFile {
  /** Relative to the folder of the run. */
  readonly path: string;
  readonly sha256: string;
}

/** What a Python environment was found by: the command, the editor's choice, the active one, the folder's own. */
export type FoundBy = 'command' | 'editor' | 'active' | 'project';

export interface MachineLineage {
  /** `Ubuntu 22.04.4 LTS`, `macOS 14.5`, `Windows 10.0.22631`. */
  readonly os?: string;
  readonly architecture?: string;
  readonly cpu?: string;
  /** Logical ones that the process may use. */
  readonly cpuCount?: number;
  /** What there is, or what a container may use. */
  readonly memoryBytes?: number;
  readonly gpus?: readonly string[];
  readonly gpuDriver?: string;
  readonly cuda?: string;
}

/** What a version lacks of its lineage, by its place there (`code`, `data[train.csv]`), and why. */
export interface MissingFact {
  readonly what: string;
  readonly why: string;
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

/** What a model's newest versions call things. */
export interface Vocabulary {
  readonly metrics: readonly string[];
  readonly datasets: readonly string[];
  readonly slices: readonly string[];
  /** How many were looked at. */
  readonly versions: number;
  /** No version was left out. */
  readonly isAll: boolean;
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

/** How many versions are in which stage, most first. */
export type StageCounts = readonly { readonly stage: string; readonly count: number }[];

/** A model as a whole. */
export interface ModelOverview extends ModelDetails {
  readonly stageCounts: StageCounts;
  /** Of metrics and params that its versions have. */
  readonly metricNames: readonly string[];
  readonly paramNames: readonly string[];
  /** Of its newest version. */
  readonly latestMetrics: Metrics;
  /** Who registered its newest versions, and how many of them, most first. */
  readonly registeredBy: readonly { readonly by: Author; readonly versions: number }[];
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

export interface StageRule {
  readonly name: string;
  readonly isExclusive: boolean;
  /** Where an exclusive stage's holder goes when another version takes it. */
  readonly displacedTo?: string;
  /** From where the policy lets versions in, where it doesn't from everywhere. */
  readonly from?: readonly string[];
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
  /** When it was registered, by the word of its author, where a shared log took it over later. */
  readonly claimedAt?: string;
  /** When it got into its stage, by the word of who moved it, where a shared log took that over later. */
  readonly stageClaimedAt?: string;
  readonly via: Via;
  readonly description: string;
  readonly tags: Tags;
  readonly aliases: readonly string[];
  readonly metrics: Metrics;
  readonly params: Params;
  readonly artifact: ArtifactSummary;
  /** Identity of the run that it is from, and the commit of its code, where they are known. */
  readonly runId?: string;
  readonly commit?: string;
  /** What its files say, in short; absent where nobody read them when it was registered. */
  readonly facts?: VersionFacts;
  /** True until the version is in the authority's log. */
  readonly pending: boolean;
  /** Set while the change into its stage waits to be shared: others don't see it yet, and it may be refused. */
  readonly stagePending?: boolean;
}

export interface ArtifactSummary {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly fileCount: number;
  /** When its files were removed to free space; absent while they are there. */
  readonly withdrawnAt?: string;
}

/** What the files of a version say, as far as it is searched and listed. */
export interface VersionFacts {
  /** `safetensors`, `sklearn-pickle` … */
  readonly format: string;
  readonly formatVersion?: string;
  readonly framework?: { readonly name: string; readonly version?: string };
  readonly architecture?: string;
  readonly parameterCount?: number;
  /** The types of the tensors, that of most elements first. */
  readonly dtypes?: readonly string[];
  readonly license?: string;
  readonly baseModels?: readonly { readonly name: string; readonly revision?: string; readonly url?: string }[];
  /** Digest of the weights, equal for equal weights in unequal files. */
  readonly weights?: string;
  /** The worst of what could run code when the files are loaded. There is no verdict "safe". */
  readonly danger?: Danger;
  /** How many problems reading them had. */
  readonly problems?: number;
}

/** Why the log names an object by itself: a gate's evidence, all facts of a version, the course of its metrics. */
export type NamedFor = 'evidence' | 'facts' | 'history' | 'patch' | 'predictions';

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
  /** By stage, of those that somebody asked for, or said something of. */
  readonly reviews: readonly VersionReview[];
  readonly notes: readonly CommentEntry[];
  readonly comments: readonly CommentEntry[];
  /** Other versions with the same bytes. */
  readonly sameArtifact: readonly { readonly model: string; readonly number: number }[];
  /** Other versions with the same weights in other files. */
  readonly sameWeights: readonly { readonly model: string; readonly number: number }[];
  /** Whether the course of its metrics was recorded. */
  readonly hasHistory: boolean;
  /** Of a version that was deleted. */
  readonly deleted?: Deletion;
}

export interface Deletion {
  readonly at: string;
  readonly by: Author;
  readonly reason: string;
}

export interface Lineage {
  readonly code?: CodeLineage;
  readonly data: readonly DataLineage[];
  readonly run?: RunLineage;
  readonly evaluations: readonly EvaluationEntry[];
  readonly dependencies: readonly PackageVersion[];
  readonly environment?: { readonly digest: string; readonly python?: string; readonly foundBy?: FoundBy };
  /** What the packages were chosen by. */
  readonly locks: readonly LockFile[];
  readonly machine?: MachineLineage;
  /** Empty where everything is known. */
  readonly missing: readonly MissingFact[];
  readonly baseModel?: { readonly name: string; readonly versionId?: string; readonly number?: number };
}

export interface EvaluationEntry {
  readonly at: string;
  readonly by: Author;
  readonly dataset?: string;
  readonly datasetSha256?: string;
  readonly slice?: string;
  readonly metrics: Metrics;
  /** Confidence intervals, of the metrics that have one. */
  readonly intervals?: Intervals;
  /** What was predicted of each example: digest of an object, and how many there are. */
  readonly predictions?: { readonly object: string; readonly rows: number };
}

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

export type Intervals = Readonly<Record<string, { readonly low: number; readonly high: number }>>;

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

export interface CommentEntry {
  readonly id: string;
  readonly text: string;
  readonly by: Author;
  readonly at: string;
}

export interface RollbackPlan {
  readonly stage: string;
  readonly current?: VersionSummary;
  readonly target: VersionSummary;
  /** Other versions that could be named, most recent holder first. */
  readonly others: readonly VersionSummary[];
  /** When these versions, by their ids, were in the stage last; without an end where they still are. */
  readonly held: Readonly<Record<string, { readonly from: string; readonly to?: string }>>;
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

/** What an entry of the log is about, as people sort it. */
export type LogKind = 'registration' | 'stage' | 'review' | 'remark' | 'measurement' | 'change';

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
  readonly kind: LogKind;
  /** The version that it is about first, else the model; absent where it is about neither, or they are gone. */
  readonly subject?: { readonly modelId: string; readonly versionId?: string };
  /** Why it changed nothing, where it didn't. */
  readonly void?: string;
  /** Set while it waits to be shared: it has no place in the log yet. */
  readonly pending?: boolean;
}

export interface AtResult {
  readonly time: string;
  /** Number of the newest commit at that time; 0 before the first. */
  readonly seq: number;
  /** When the log begins, where that is later: of what was before, it knows only what was taken over. */
  readonly beginsAt?: string;
  /**
   * The first commit that says it is of a time to come, because a clock was wrong: that and what followed were made at times that nobody knows, and stand
   * behind every moment up to now.
   */
  readonly ahead?: { readonly seq: number; readonly at: string };
  readonly holders: readonly {
    readonly model: string;
    readonly stage: string;
    readonly number: number;
    readonly versionId: string;
    readonly since: string;
    readonly by: Author;
    readonly reason: string;
    /** By the word of whoever asked for it, before the log had it; `since` too. */
    readonly isClaimed?: true;
  }[];
}

export interface ComparisonRow {
  readonly name: string;
  /** One for each version, in the order asked for; undefined where it has none. */
  readonly values: readonly (string | number | undefined)[];
  readonly isDifferent: boolean;
  /**
   * What the values are told apart by where their texts don't say it: the form and the name of data, `sha256:…`. Undefined where the content has
   * no name, so that nobody knows.
   */
  readonly names?: readonly (string | undefined)[];
  /** Of packages: the places of their versions in the order of these; undefined for what has none. */
  readonly ranks?: readonly (number | undefined)[];
}

/** What versions measured on one dataset. */
export interface ComparedDataset {
  /** Empty where it had no name. */
  readonly dataset: string;
  /** Of its content, where that is known: results on other content are another dataset's, whatever it is called. */
  readonly sha256?: string;
  /** Which of the versions were evaluated on it; the others differ from none. */
  readonly isMeasured: readonly boolean[];
  /** Over the whole of it. */
  readonly metrics: readonly ComparisonRow[];
  /** Over parts of it, `country=DE`. */
  readonly slices: readonly { readonly slice: string; readonly metrics: readonly ComparisonRow[] }[];
}

export interface Comparison {
  readonly versions: readonly VersionSummary[];
  readonly facts: readonly ComparisonRow[];
  readonly metrics: readonly ComparisonRow[];
  readonly params: readonly ComparisonRow[];
  readonly tags: readonly ComparisonRow[];
  readonly evaluations: readonly ComparedDataset[];
  /** Code, run, base model and artifact. */
  readonly lineage: readonly ComparisonRow[];
  /** By place; values are digest and rows. */
  readonly data: readonly ComparisonRow[];
  /** Which of the versions have data recorded. */
  readonly hasData: readonly boolean[];
  /** Python, machine, and the files that packages were chosen by. */
  readonly environment: readonly ComparisonRow[];
  readonly dependencies: readonly ComparisonRow[];
  /** Which of the versions have their packages recorded; of the others nothing is known, so that they differ from none. */
  readonly hasDependencies: readonly boolean[];
  /** Values are `size · first digits of the digest`. */
  readonly files: readonly ComparisonRow[];
  /** Of which versions the courses of metrics were recorded. */
  readonly hasHistory: readonly boolean[];
}
