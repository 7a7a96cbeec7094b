import type { PageRequest } from './read-models.ts';

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
