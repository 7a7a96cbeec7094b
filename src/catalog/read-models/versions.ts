import type { Danger } from '../../base/danger-of.ts';
import type { Author, Via } from './author.ts';
import type { CommentEntry } from './comments.ts';
import type { Lineage } from './lineage.ts';
import type { VersionReview } from './reviews.ts';
import type { TransitionEntry } from './stages.ts';
import type { Metrics, Params, Tags } from './values.ts';

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

export interface FileEntry {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly isExecutable: boolean;
}

export interface Deletion {
  readonly at: string;
  readonly by: Author;
  readonly reason: string;
}
