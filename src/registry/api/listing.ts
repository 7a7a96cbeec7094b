import type { PageRequest } from '../../catalog/paging.ts';

export interface ListModelsRequest extends PageRequest {
  /** By their names unless given; `recent`: those with the newest versions first. */
  readonly order?: 'name' | 'recent';
  /** Only models whose names contain this, in capitals or not. */
  readonly nameContains?: string;
}

export interface ListVersionsRequest extends PageRequest {
  readonly model?: string;
  readonly stage?: string;
  /** Of one model: only those that were registered at this time or later, and before that one; ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  /** Of one model: all versions, those first that are best by a metric; without other conditions. */
  readonly bestBy?: { readonly metric: string; readonly isLowerBetter?: boolean };
}

/** The finite values of a metric in versions of a model, by their numbers, oldest first. */
export interface MetricTrend {
  readonly name: string;
  readonly points: readonly (readonly [number: number, value: number])[];
}
