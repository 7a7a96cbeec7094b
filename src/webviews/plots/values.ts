import { exactText } from '../../base/exponent.ts';
import { formatNumber, t } from '../../base/language.ts';
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

/** `ρ = +0.71`, with the letter that statistics has for it; empty where nobody knows. */
export function associationLabel(column: PlotColumn): string {
  const text = associationText(column);
  return text === '' ? '' : `${column.texts ? 'η' : 'ρ'} = ${text}`;
}

/** What a letter means, and which number. */
export function associationTold(column: PlotColumn, metric: string): string {
  const value = associationText(column);
  if (value === '') return '';
  return column.texts
    ? t('Correlation ratio with {metric}: {value}', { metric, value })
    : t('Rank correlation with {metric}: {value}', { metric, value });
}

type Version = PlotsPageData['columns']['versions'][number];

/** `@7`, and `@draft-<6>` for what has no number yet. */
export function shortName({ id, number, pending }: Version): string {
  return `@${pending ? `draft-${id.slice(-6).toLowerCase()}` : number}`;
}
