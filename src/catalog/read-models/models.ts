import type { Author } from './author.ts';
import type { CommentEntry } from './comments.ts';
import type { StageCounts, StageRule } from './stages.ts';
import type { Metrics, Tags } from './values.ts';
import type { VersionSummary } from './versions.ts';

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

export interface ModelDetails extends ModelSummary {
  readonly aliases: readonly AliasEntry[];
  readonly stages: readonly StageRule[];
  readonly comments: readonly CommentEntry[];
  /** Names it had before. */
  readonly formerNames: readonly string[];
}

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

export interface AliasEntry {
  readonly alias: string;
  readonly number: number;
  readonly versionId: string;
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
