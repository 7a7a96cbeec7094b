import type { Via } from '../../catalog/read-models/author.ts';
import type {
  CodeChanges,
  CodeLineage,
  FoundBy,
  LockFile,
  MachineLineage,
  MissingFact,
  PackageSource,
  RunLineage,
} from '../../catalog/read-models/lineage.ts';
import type { Metrics, Params, Tags } from '../../catalog/read-models/values.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { MetricHistory } from '../../runs/run-record.ts';

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

export interface UncommittedChanges extends Omit<CodeChanges, 'patch'> {
  /** For `git apply --binary` at the root of the repository; empty where everything that changed was left out. */
  readonly patch: Uint8Array;
}

export interface RegisterResult {
  readonly version: VersionSummary;
  /** False where these bytes, with the same run, params and code, were registered before: `version` is that one. */
  readonly isNew: boolean;
  /**
   * Metrics that `version`, which was registered before, has with other values: they were measured at another time, and none of the request is added.
   * Of one run, those that the version lacks are.
   */
  readonly otherMetrics?: readonly string[];
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
