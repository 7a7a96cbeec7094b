import type { Intervals, Metrics } from '../../catalog/read-models/values.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { MeasuredPredictions, ReadPredictions } from '../../predictions/asked.ts';
import type { CertaintyQuestion } from '../../predictions/certainty.ts';

export interface EvaluateRequest {
  readonly ref: string;
  readonly metrics: Metrics;
  /** Confidence intervals of some of them. */
  readonly intervals?: Intervals;
  /** With an absolute `source`, a file or folder, its digest is recorded. */
  readonly dataset?: { readonly name: string; readonly source?: string };
  /** A part of the dataset, `country=DE`. */
  readonly slice?: string;
  /** A file of what was predicted of each example of the dataset: metrics are computed from it, of the whole and of the groups in `by`. */
  readonly predictions?: ReadPredictions & { readonly source: string };
}

export interface EvaluateResult {
  readonly version: VersionSummary;
  readonly dataset?: { readonly name: string; readonly sha256?: string | undefined };
  readonly predictions?: Omit<MeasuredPredictions, 'bytes'>;
  readonly pending: boolean;
}

/** Which metric is asked about; predictions by the digests that evaluations name. */
export interface CertaintyQuery extends CertaintyQuestion {
  readonly ours: string;
  /** Of another version, to compare with. */
  readonly theirs?: string;
}
