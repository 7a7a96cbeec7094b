import type { MetricValue } from '../base/metric-value.ts';
import type { LeftOutOfRun } from './values.ts';

/** What recorded a run: a tracker, or the trainer itself. `files` are plain files of metrics and params beside the outputs. */
export type Tracker =
  | 'mlflow'
  | 'wandb'
  | 'tensorboard'
  | 'lightning'
  | 'huggingface'
  | 'dvclive'
  | 'dvc'
  | 'training-log'
  | 'evaluations'
  | 'files';

export type RunStatus = 'running' | 'finished' | 'failed' | 'unknown';

/**
 * A training run as its tracker or trainer left it on disk. Plain data: it crosses threads and is stored as JSON. Paths are relative to
 * the workspace, with `/`; what lies outside of it is never named here.
 */
export interface RunRecord {
  readonly tracker: Tracker;
  /** Where the tracker keeps the run: a folder, or the file that tells of it. */
  readonly place: string;
  /** Identity, where the tracker gives one that stays the same: `6c1f0a…` of MLflow, `x1y2z3` of W&B. */
  readonly id?: string;
  readonly name?: string;
  /** The group of runs that it belongs to: MLflow's experiment, the project of W&B. */
  readonly group?: string;
  /** Its page, `https:` or `http:` only. */
  readonly url?: string;
  readonly status: RunStatus;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** As they were last. */
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** By metric. A metric that was recorded once only has none. */
  readonly history?: Readonly<Record<string, MetricHistory>>;
  /** What the tracker knows of the data it used. */
  readonly datasets?: readonly RunDataset[];
  /** The commit that the tracker recorded. */
  readonly gitCommit?: string;
  readonly command?: string;
  /** Who ran it, by the tracker's account. */
  readonly user?: string;
  readonly checkpoints?: readonly RunCheckpoint[];
  /** Other files and folders of models that the run recorded as its own. */
  readonly modelPaths?: readonly string[];
  /** What was read for this. */
  readonly sourceFiles: readonly string[];
  /** What couldn't be read or was left out, for a person. */
  readonly problems?: readonly string[];
  /** What of that the version tells that it doesn't have. */
  readonly leftOut?: readonly LeftOutOfRun[];
}

/** The course of one metric, at most `MAX_POINTS` long: first, last, smallest and largest values are always among the points. */
export interface MetricHistory {
  readonly points: readonly MetricPoint[];
  /** How many there were before they were thinned. */
  readonly total: number;
}

export interface MetricPoint {
  readonly step: number;
  readonly value: MetricValue;
  /** Milliseconds since the epoch. */
  readonly atMs?: number;
}

export interface RunDataset {
  readonly name: string;
  readonly digest?: string;
  /** What it was used for: `training`, `eval`. */
  readonly context?: string;
  /** Its place in the workspace, where it has one. */
  readonly source?: string;
}

export interface RunCheckpoint {
  readonly path: string;
  readonly step?: number;
  /** What the trainer chose by. */
  readonly metric?: { readonly name: string; readonly value: MetricValue };
  /** All metrics at its step, where they are known. */
  readonly metrics?: Readonly<Record<string, MetricValue>>;
  readonly isBest?: boolean;
  readonly isLast?: boolean;
}
