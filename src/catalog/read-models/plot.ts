import type { PageRequest } from '../paging.ts';

/** What stands on the lower axis of a plot: the order or time of registration, or a value that each version has. */
export type PlotAxis =
  | { readonly kind: 'number' }
  | { readonly kind: 'time' }
  | { readonly kind: 'metric'; readonly name: string }
  | { readonly kind: 'param'; readonly name: string };

/** A part of a plot. The lower axis is given in its own terms: numbers, milliseconds since the epoch, values, or the texts of a param. */
export interface PlotBox {
  readonly across: readonly [from: number, to: number] | { readonly texts: readonly string[] };
  readonly upright?: readonly [from: number, to: number];
}

export interface PlotRequest {
  readonly model: string;
  /** The metric on the upright axis. */
  readonly metric: string;
  readonly across: PlotAxis;
  /** Only what lies in it, so that more of it can be shown. */
  readonly box?: PlotBox;
}

/** A version in a plot: where it stands, its number, and the place of its stage in `stages`. */
export type PlotPoint = readonly [across: number, upright: number, number: number, stage: number];

/** Versions as points, thinned where there are many: the greatest and least stay, and so do those that were in production. */
export interface Plot {
  /** In the order of the lower axis. */
  readonly points: readonly PlotPoint[];
  readonly stages: readonly string[];
  /** Where the lower axis has texts: what its places 0, 1 … stand for. */
  readonly texts?: readonly string[];
  /** How many versions lie in the plot, before it was thinned. */
  readonly total: number;
  /** How many versions of the model have no value, or none that is a finite number. */
  readonly without: number;
}

export interface PlottedRequest extends PlotRequest, PageRequest {
  /** Lists those with the least value first. */
  readonly isLowerBetter?: boolean;
}

/** Which versions of a model are looked at together: all, those of a list, or those that a search finds. */
export type ManyVersions =
  | { readonly kind: 'all' }
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'search'; readonly query: string };

export interface ColumnsRequest {
  readonly model: string;
  readonly of: ManyVersions;
}

/** What many versions have, as columns: the newest ones where there are more than can be shown. */
export interface VersionColumns {
  readonly modelId: string;
  readonly model: string;
  /** Oldest first. */
  readonly versions: readonly {
    readonly id: string;
    readonly number: number;
    readonly stage: string;
    /** It has no number that others know yet. */
    readonly pending: boolean;
  }[];
  /** Those that differ, by the texts that there are; a version that has none has the place −1. */
  readonly params: readonly {
    readonly name: string;
    readonly texts: readonly string[];
    readonly places: readonly number[];
  }[];
  /** Null for a version without a finite value. */
  readonly metrics: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** Params that all of the versions have alike. */
  readonly same: readonly { readonly name: string; readonly text: string }[];
  /** How many versions there are, of which the newest are here. */
  readonly total: number;
  /** Names of params and metrics that were left out, as there are too many. */
  readonly omitted: number;
}
