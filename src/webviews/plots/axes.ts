import { groupAssociation, rankCorrelation } from '../../base/association.ts';
import { type Span, shareOf, spanOf, valueAt } from '../../base/axis-scale.ts';
import { byName } from '../../base/by-name.ts';
import { metricDirection } from '../../base/metrics.ts';
import type { PlotsPageData } from '../../extension/messages/page-data.ts';

/** A param with more texts than these shows the most frequent of them. */
const MOST_TEXTS = 30;

/** A param or a metric, with a value for each version. */
export interface PlotColumn extends Span {
  /** `param:learning_rate`, `metric:auc`. */
  readonly key: string;
  readonly kind: 'param' | 'metric';
  readonly name: string;
  /** The place on the axis; NaN for a version without a value. */
  readonly values: readonly number[];
  /** What the places 0, 1 … stand for, where they are texts. */
  readonly texts?: readonly string[];
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
  const span = spanOf(values);
  if (!span) return [];
  const key = `${kind}:${name}`;
  return [{ key, kind, name, values, ...span, ...(texts ? { texts, isLog: false } : {}) }];
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
    .sort((a, b) => byName(a.text, b.text));
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

/** Whole numbers are named themselves, rather than what lies between them: all where they are few. */
export function wholeTicks(column: PlotColumn): readonly number[] | undefined {
  const { least, greatest, isLog, values } = column;
  if (isLog || values.some((value) => !Number.isNaN(value) && !Number.isInteger(value))) return undefined;
  const room = greatest - least;
  if (room > 8) return [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(valueAt(column, share)));
  const step = room > 5 ? 2 : 1;
  return Array.from({ length: Math.floor(room / step) + 1 }, (_, tick) => least + tick * step);
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
