import type { MetricValue } from '../../base/metric-value.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { TensorFacts } from '../../modelfiles/facts.ts';
import type { FactsSummary } from '../../modelfiles/facts-summary.ts';
import type { TensorComparison } from '../../modelfiles/tensors/tensor-difference.ts';

/** What the files of a version say. */
export interface FactsAnswer {
  readonly version: VersionSummary;
  /** `weights` names the weights, whatever file they are in. */
  readonly facts?: FactsSummary & { readonly weights?: string };
  /** All of them, where they were asked for. */
  readonly tensors?: readonly TensorFacts[];
  /** `files` where nothing was recorded, and they were read now. */
  readonly readFrom?: 'registration' | 'files';
  /** Its files were read, and no reader knows their format. */
  readonly isUnknownFormat?: true;
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
