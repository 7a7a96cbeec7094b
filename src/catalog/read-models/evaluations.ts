import type { Author } from './author.ts';
import type { Intervals, Metrics } from './values.ts';

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
