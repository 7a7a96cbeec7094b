import type { Metrics, Params } from '../catalog/read-models/values.ts';

/** What keeps models in a way that can be taken over. `files` are model files that nothing tells of. */
export const SOURCE_KINDS = ['mlflow', 'dvc', 'wandb', 'huggingface', 'files'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** For a person. */
export const SOURCE_NAMES: Readonly<Record<SourceKind, string>> = {
  mlflow: 'MLflow',
  dvc: 'DVC',
  wandb: 'W&B',
  huggingface: 'Hugging Face',
  files: 'model files',
};

/** A version as its source has it. Plain data: it crosses threads. Paths are relative to the folder that is imported from, with `/`. */
export interface FoundVersion {
  /** What the source calls it: `3`, `m-4771bf94…`, `v1.2.0`. */
  readonly label: string;
  /**
   * What it is known by when it is met again: `mlflow:churn/3`. Undefined for files that may be others the next time: these are known by
   * their bytes.
   */
  readonly origin?: string;
  /** Files and folders; none where there is a problem. */
  readonly paths: readonly string[];
  readonly sizeBytes: number;
  /** When it was made, by the source's word: ISO 8601. */
  readonly at?: string;
  readonly by?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Names of a stage and of aliases that the source has it under, as the registry would call them. */
  readonly stage?: string;
  readonly aliases?: readonly string[];
  /** The run that made it: its identity, where there is one, and where it is told of. Else runs are looked for around the files. */
  readonly run?: FoundRunPlace;
  /** Values that are told of beside a run, or without one. */
  readonly metrics?: Metrics;
  readonly params?: Params;
  /** The commit that it was made with, where no run tells. */
  readonly commit?: string;
  /** Its files where they lie in a cache under other names, with the paths that they are to have. */
  readonly staged?: readonly StagedFile[];
  /** Why it can't be imported, and what to do. */
  readonly problem?: string;
}

export interface StagedFile {
  /** Relative to the folder that is imported from. */
  readonly from: string;
  readonly path: string;
}

export interface FoundRunPlace {
  readonly id?: string;
  /** Which reader knows it. */
  readonly tracker: 'mlflow-files' | 'mlflow-database' | 'wandb' | 'dvc' | 'huggingface';
  readonly place: string;
  /** Of several in one place. */
  readonly name?: string;
}

export interface FoundModel {
  readonly source: SourceKind;
  /** The store, file or folder that tells of it. */
  readonly place: string;
  /** Its name here. */
  readonly name: string;
  /** Whether somebody registered it as a model there, or it was only found. */
  readonly isRegistered: boolean;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** In the order in which they were made. */
  readonly versions: readonly FoundVersion[];
}

/** What was found in a folder. */
export interface Survey {
  readonly models: readonly FoundModel[];
  /** What couldn't be read, for a person. */
  readonly problems: readonly string[];
}
