import type { ComparisonRow } from '../../catalog/read-models/comparison.ts';
import type { CodeLineage, DataLineage } from '../../catalog/read-models/lineage.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';

/** Data that a version was trained with, compared with what stands at its place. `unknown`: it was recorded without a digest. */
export interface CheckedData {
  readonly path: string;
  readonly state: 'same' | 'different' | 'missing' | 'unknown';
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
  /** What of params, run, environment and base model was recorded of one alone, so that it is neither the same nor different. */
  readonly recordedOfOne: readonly RecordedOfOne[];
  /** What differs of what their files say. */
  readonly facts: readonly ComparisonRow[];
  readonly weights: 'same-files' | 'same' | 'different' | 'unknown';
}

/** `name` is that of a row, or `params`, `machine`. */
export interface RecordedOfOne {
  readonly name: string;
  readonly isThere: readonly [before: boolean, after: boolean];
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
