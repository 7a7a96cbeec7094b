import type { MetricValue } from '../base/metric-value.ts';
import type { Task } from './predictions.ts';

/** What a column holds. */
export const ROLES = ['label', 'prediction', 'score', 'id'] as const;
export type Role = (typeof ROLES)[number];

/** How a file of predictions is to be read. */
export interface ReadPredictions {
  /** Names of columns that aren't called as usual. */
  readonly columns?: Readonly<Partial<Record<Role, string>>> | undefined;
  /** Columns that tell groups apart. */
  readonly by?: readonly string[] | undefined;
  readonly task?: Task | undefined;
  /** The class that a binary model looks for. */
  readonly positive?: string | undefined;
  /** A score from here on predicts the positive class, where no prediction is given. */
  readonly threshold?: number | undefined;
}

export type PredictionMetrics = Readonly<Record<string, MetricValue>>;

/** What a file of predictions comes to. */
export interface MeasuredPredictions {
  readonly task: Task;
  readonly rows: number;
  readonly classes: readonly string[];
  readonly metrics: PredictionMetrics;
  readonly slices: readonly { readonly slice: string; readonly metrics: PredictionMetrics }[];
  /** As the registry keeps them. */
  readonly bytes: Uint8Array;
}
