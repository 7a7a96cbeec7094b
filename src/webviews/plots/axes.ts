import { groupAssociation, rankCorrelation } from '../../base/association.ts';
import { isLogarithmic } from '../../base/axis-scale.ts';
import { formatNumber } from '../../base/language.ts';
import { formatMetric, metricDirection } from '../../base/metrics.ts';
import type { PlotsPageData } from '../../extension/messages/page-data.ts';

/** A param with more texts than these shows the most frequent of them. */
const MOST_TEXTS = 30;

/** A param or a metric, with a value for each version. */
export interface PlotColumn {
  /** `param:learning_rate`, `metric:auc`. */
  readonly key: string;
  readonly kind: 'param' | 'metric';
  readonly name: string;
  /** The place on the axis; NaN for a version without a value. */
  readonly values: readonly number[];
  /** What the places 0, 1 … stand for, where they are texts. */
  readonly texts?: readonly string[];
  readonly least: number;
  readonly greatest: number;
  readonly isLog: boolean;
  /** How much it tells of the metric that is looked at, from 0 to 1, with its sign where it has one. */
  readonly association?: number;
}

export interface PlotColumns {
  readonly all: readonly PlotColumn[];
  /** The metric that gives the colour. */
  readonly metric: PlotColumn | undefined;
  /** What moves it most first, then the other metrics. */
  readonly telling: readonly PlotColumn[];
}

/** The columns as axes. Axes without any value are none. */
export function plotColumns({ columns }: PlotsPageData, metricName: string | undefined): PlotColumns {
  const metrics = columns.metrics.flatMap(({ name, values }) =>
    columnOf(
      'metric',
      name,
      values.map((value) => value ?? Number.NaN),
    ),
  );
  const metric = metrics.find(({ name }) => name === metricName) ?? metrics[0];
  const params = columns.params
    .flatMap((param) => paramColumn(param))
    .map((column) => ({ ...column, ...associated(column, metric) }));
  const strength = ({ association = 0 }: PlotColumn) => Math.abs(association);
  const telling = params.toSorted((a, b) => strength(b) - strength(a));
  return {
    all: [...params, ...metrics],
    metric,
    telling: [...telling, ...metrics.filter((column) => column !== metric)],
  };
}

function columnOf(
  kind: PlotColumn['kind'],
  name: string,
  values: readonly number[],
  texts?: readonly string[],
): readonly PlotColumn[] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (least > greatest) return [];
  const isLog = texts === undefined && isLogarithmic(least, greatest);
  return [{ key: `${kind}:${name}`, kind, name, values, least, greatest, isLog, ...(texts ? { texts } : {}) }];
}

/** Where all texts are numbers, they are an axis of numbers; else each has a place, in the order in which people count. */
function paramColumn({ name, texts, places }: PlotsPageData['columns']['params'][number]): readonly PlotColumn[] {
  const numbers = texts.map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
  if (numbers.every(Number.isFinite)) {
    const values = places.map((place) => numbers[place] ?? Number.NaN);
    return columnOf('param', name, values);
  }
  const counts = new Map<number, number>();
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  const frequent = texts
    .map((text, place) => ({ text, place }))
    .sort((a, b) => (counts.get(b.place) ?? 0) - (counts.get(a.place) ?? 0))
    .slice(0, MOST_TEXTS)
    .sort((a, b) => a.text.localeCompare(b.text, 'en', { numeric: true }));
  const at = new Map(frequent.map(({ place }, index) => [place, index]));
  const values = places.map((place) => at.get(place) ?? Number.NaN);
  return columnOf(
    'param',
    name,
    values,
    frequent.map(({ text }) => text),
  );
}

function associated(column: PlotColumn, metric: PlotColumn | undefined): { readonly association?: number } {
  if (!metric) return {};
  const association = column.texts
    ? groupAssociation(
        column.values.map((value) => (Number.isNaN(value) ? -1 : value)),
        metric.values,
      )
    : rankCorrelation(column.values, metric.values);
  return association === undefined ? {} : { association };
}

/** From 0 at the lower end of an axis to 1 at its upper end; in the middle where all values are alike. */
export function shareOf({ least, greatest, isLog }: PlotColumn, value: number): number {
  if (greatest === least) return 0.5;
  if (isLog) return (Math.log(value) - Math.log(least)) / (Math.log(greatest) - Math.log(least));
  // Halved, as the width of the widest axis is no number.
  return (value / 2 - least / 2) / (greatest / 2 - least / 2);
}

/** The value at a share of an axis. */
export function valueAt({ least, greatest, isLog }: PlotColumn, share: number): number {
  if (isLog) return Math.exp(Math.log(least) + share * (Math.log(greatest) - Math.log(least)));
  return least * (1 - share) + greatest * share;
}

/** Few whole numbers are named themselves, rather than what lies between them. */
export function wholeTicks({ least, greatest, isLog, values }: PlotColumn): readonly number[] | undefined {
  const room = greatest - least;
  if (isLog || room > 8 || values.some((value) => !Number.isNaN(value) && !Number.isInteger(value))) return undefined;
  const step = room > 5 ? 2 : 1;
  return Array.from({ length: Math.floor(room / step) + 1 }, (_, tick) => least + tick * step);
}

/** With as many digits as tell it from its neighbours, which are `step` away. */
export function tickText(value: number, step: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-4)) return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  if (size !== 0 && size < 1e-2 && size <= step * 10) return formatMetric(Number(value.toPrecision(2)));
  const digits = step > 0 && size > 0 ? Math.ceil(Math.log10(size / step)) + 1 : 0;
  if (digits <= 3) return formatMetric(Number(value.toPrecision(3)));
  return formatNumber(value, { maximumSignificantDigits: Math.min(12, digits) });
}

/** How good each version is by the metric: from 0, the worst, to 1, or from low to high where nobody knows; NaN without a value. */
export function goodness(
  metric: PlotColumn | undefined,
  declared: PlotsPageData['declared'],
  count: number,
): readonly number[] {
  if (!metric) return new Array<number>(count).fill(Number.NaN);
  const isLowerBetter = metricDirection(metric.name, declared) === 'lower';
  return metric.values.map((value) => (isLowerBetter ? 1 - shareOf(metric, value) : shareOf(metric, value)));
}
