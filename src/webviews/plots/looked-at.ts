import type { PlotsPageData } from '../../extension/messages/page-data.ts';
import type { PlotColumns } from './axes.ts';
import type { PlotChoices } from './choices.ts';

/** All that the parts of the page look at. */
export interface Plots {
  readonly data: PlotsPageData;
  readonly columns: PlotColumns;
  readonly choices: PlotChoices;
  readonly goodness: readonly number[];
  /** Which versions pass all filters. */
  readonly isPassing: readonly boolean[];
  /** Places of the versions, the worst first; those without a value before them. */
  readonly order: readonly number[];
}
