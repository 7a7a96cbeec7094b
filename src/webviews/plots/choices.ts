import type { UiState } from '../shared/host.ts';
import type { PlotColumn, PlotColumns } from './axes.ts';
import { orderIn, type TableOrder } from './sorting.ts';

/** The part of an axis that is looked at: from one value to another, or some of its texts. */
export type AxisFilter = readonly [from: number, to: number] | { readonly texts: readonly string[] };

/** What the person has chosen on the page. It comes back from the editor after a reload, so that anything may stand there. */
export interface PlotChoices {
  readonly view: 'parallel' | 'scatter';
  readonly axes: readonly PlotColumn[];
  /** On the lower axis of the scatter plot. */
  readonly across: PlotColumn | undefined;
  readonly filters: ReadonlyMap<string, AxisFilter>;
  /** Ids of versions to be compared, in the order in which they were chosen. */
  readonly picked: readonly string[];
  /** The order of the table, where it isn't the best first. */
  readonly sort: TableOrder | undefined;
}

/** Besides the metric, so many axes are there at first. */
const FIRST_AXES = 7;

export function plotChoices(ui: UiState, columns: PlotColumns): PlotChoices {
  const { all, metric, telling } = columns;
  const wanted = textsIn(ui.axes);
  const byKey = new Map(all.map((column) => [column.key, column]));
  const chosen = wanted?.flatMap((key) => byKey.get(key) ?? []) ?? telling.slice(0, FIRST_AXES);
  return {
    view: ui.view === 'scatter' ? 'scatter' : 'parallel',
    axes: [...chosen.filter((column) => column !== metric), ...(metric ? [metric] : [])],
    across: byKey.get(typeof ui.across === 'string' ? ui.across : '') ?? telling[0],
    filters: filtersIn(ui.filters),
    picked: textsIn(ui.picked) ?? [],
    sort: orderIn(ui.sort),
  };
}

/** Which versions pass all filters, apart from those of the axes in `except`. */
export function passing(
  { all }: PlotColumns,
  filters: PlotChoices['filters'],
  count: number,
  except: readonly (string | undefined)[] = [],
): readonly boolean[] {
  const tests = all.flatMap((column) => {
    const filter = filters.get(column.key);
    return filter && !except.includes(column.key) ? [{ column, isInside: insideOf(column, filter) }] : [];
  });
  return Array.from({ length: count }, (_, index) =>
    tests.every(({ column, isInside }) => isInside(column.values[index] ?? Number.NaN)),
  );
}

function insideOf({ texts }: PlotColumn, filter: AxisFilter): (value: number) => boolean {
  if (!('texts' in filter)) return texts ? () => true : (value) => value >= filter[0] && value <= filter[1];
  const wanted = new Set(filter.texts.map((text) => texts?.indexOf(text) ?? -1));
  return (value) => wanted.has(value);
}

/** Filters with one more, or without one. */
export function filtersText(filters: PlotChoices['filters'], key: string, filter: AxisFilter | undefined): string {
  const next = new Map(filters);
  if (filter) next.set(key, filter);
  else next.delete(key);
  return JSON.stringify([...next]);
}

function filtersIn(saved: unknown): ReadonlyMap<string, AxisFilter> {
  const entries = parsed(saved);
  if (!Array.isArray(entries)) return new Map();
  return new Map(
    entries.flatMap((entry: unknown) => {
      if (!Array.isArray(entry)) return [];
      const [key, filter]: readonly unknown[] = entry;
      const found = filterIn(filter);
      return typeof key === 'string' && found ? [[key, found] as const] : [];
    }),
  );
}

function filterIn(filter: unknown): AxisFilter | undefined {
  if (Array.isArray(filter)) {
    const [from, to]: readonly unknown[] = filter;
    return typeof from === 'number' && typeof to === 'number' ? [from, to] : undefined;
  }
  if (typeof filter !== 'object' || filter === null || !('texts' in filter)) return undefined;
  return Array.isArray(filter.texts) ? { texts: strings(filter.texts) } : undefined;
}

function textsIn(saved: unknown): readonly string[] | undefined {
  const list = parsed(saved);
  return Array.isArray(list) ? strings(list) : undefined;
}

function strings(list: readonly unknown[]): readonly string[] {
  return list.filter((entry) => typeof entry === 'string');
}

function parsed(saved: unknown): unknown {
  if (typeof saved !== 'string' || saved === '') return undefined;
  try {
    return JSON.parse(saved);
  } catch {
    // Not ours, so that nothing was chosen.
    return undefined;
  }
}
