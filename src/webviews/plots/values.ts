import { exactText } from '../../base/exponent.ts';
import { formatNumber } from '../../base/language.ts';
import { formatMetric } from '../../base/metrics.ts';
import type { PlotsPageData } from '../../extension/messages/page-data.ts';
import type { PlotColumn } from './axes.ts';

/** As people copy it; empty where the version has none. */
export function valueText(column: PlotColumn, index: number): string {
  const value = column.values[index] ?? Number.NaN;
  if (Number.isNaN(value)) return '';
  if (column.texts) return column.texts[value] ?? '';
  return column.kind === 'metric' ? formatMetric(value) : exactText(value);
}

/** `+0.71`, with a minus where the metric falls; without a sign of texts, which have no direction. Empty where nobody knows. */
export function associationText({ association, texts }: PlotColumn): string {
  if (association === undefined) return '';
  const text = formatNumber(Math.abs(association), { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return texts || Math.abs(association) < 0.005 ? text : `${association < 0 ? '−' : '+'}${text}`;
}

type Version = PlotsPageData['columns']['versions'][number];

/** `@7`, and `@draft-<6>` for what has no number yet. */
export function shortName({ id, number, pending }: Version): string {
  return `@${pending ? `draft-${id.slice(-6).toLowerCase()}` : number}`;
}
