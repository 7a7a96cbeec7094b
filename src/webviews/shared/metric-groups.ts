import { byName } from '../../base/by-name.ts';
import type { Metrics, MetricValue } from '../../extension/messages/core-types.ts';

/** Metrics whose names begin alike: `train.loss` and `train.auc` are `loss` and `auc` of the group `train`. */
export interface MetricGroup {
  /** Empty for names without a prefix. */
  readonly prefix: string;
  readonly metrics: readonly { readonly name: string; readonly label: string; readonly value: MetricValue }[];
}

/** The same metrics for several slices of the data: `country.DE.auc`, `country.FR.auc`, or `country=DE.auc`. */
export interface MetricMatrix {
  readonly slice: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly value: string;
    /** One for each column. */
    readonly cells: readonly ({ readonly name: string; readonly value: MetricValue } | undefined)[];
  }[];
}

export interface GroupedMetrics {
  readonly groups: readonly MetricGroup[];
  readonly matrices: readonly MetricMatrix[];
}

export interface SliceMetric {
  readonly slice: string;
  readonly sliceValue: string;
  readonly metric: string;
  readonly name: string;
  readonly value: MetricValue;
}

/** Sorts metrics into groups by prefix, and slices into matrices. Every metric lands in exactly one place. */
export function groupMetrics(metrics: Metrics): GroupedMetrics {
  const names = Object.keys(metrics).sort(byName);
  const slices: SliceMetric[] = [];
  const cells = new Set<string>();
  const rest: string[] = [];
  const candidates = new Map<string, SliceMetric[]>();
  for (const name of names) {
    const value = metrics[name];
    if (value === undefined) continue;
    const explicit = explicitSlice(name);
    // `a=b.c` and `c.a=b` mean the same cell, which holds one: the second stays outside.
    const cell = JSON.stringify(explicit);
    if (explicit !== undefined && !cells.has(cell)) {
      cells.add(cell);
      slices.push({ ...explicit, name, value });
    } else {
      rest.push(name);
      if (explicit !== undefined) continue;
      const [slice, sliceValue, ...metric] = segmentsOf(name);
      if (slice === undefined || sliceValue === undefined || metric.length === 0) continue;
      const found = { slice, sliceValue, metric: metric.join('.'), name, value };
      candidates.set(slice, [...(candidates.get(slice) ?? []), found]);
    }
  }
  for (const found of candidates.values()) if (isMatrix(found)) slices.push(...found);
  const sliced = new Set(slices.map(({ name }) => name));
  return {
    groups: groupsOf(
      rest.filter((name) => !sliced.has(name)),
      metrics,
    ),
    matrices: matricesOf(slices),
  };
}

/** Parts between dots and slashes; the point in `recall@0.5` is none. */
function segmentsOf(name: string): string[] {
  return name.split(/(?<!\d)\.|\.(?!\d)|\//).filter((segment) => segment !== '');
}

function explicitSlice(name: string): Pick<SliceMetric, 'slice' | 'sliceValue' | 'metric'> | undefined {
  const segments = segmentsOf(name);
  const place = segments.findIndex((segment) => /^[\w -]+=[^=]+$/.test(segment));
  const [slice, sliceValue] = segments[place]?.split('=') ?? [];
  const metric = segments.toSpliced(place, 1).join('.');
  if (place < 0 || slice === undefined || sliceValue === undefined || metric === '') return undefined;
  return { slice, sliceValue, metric };
}

/** Three parts alone don't make slices: at least one metric has to come back for a second value. */
function isMatrix(found: readonly SliceMetric[]): boolean {
  const values = new Map<string, number>();
  for (const { metric } of found) values.set(metric, (values.get(metric) ?? 0) + 1);
  return [...values.values()].some((count) => count > 1);
}

function groupsOf(names: readonly string[], metrics: Metrics): MetricGroup[] {
  const groups = new Map<string, { name: string; label: string; value: MetricValue }[]>([['', []]]);
  for (const name of names) {
    const value = metrics[name];
    if (value === undefined) continue;
    const [prefix, ...others] = segmentsOf(name);
    const group = prefix === undefined || others.length === 0 ? '' : prefix;
    const label = group === '' ? name : name.slice(group.length + 1);
    groups.set(group, [...(groups.get(group) ?? []), { name, label, value }]);
  }
  return [...groups].filter(([, found]) => found.length > 0).map(([prefix, found]) => ({ prefix, metrics: found }));
}

/** A matrix for each slice; of two values for the same cell the last one counts. */
export function matricesOf(slices: readonly SliceMetric[]): MetricMatrix[] {
  const bySlice = Map.groupBy(slices, ({ slice }) => slice);
  return [...bySlice].map(([slice, found]) => {
    const columns = [...new Set(found.map(({ metric }) => metric))];
    const rows = [...Map.groupBy(found, ({ sliceValue }) => sliceValue)].map(([value, cells]) => ({
      value,
      cells: columns.map((column) => cells.findLast(({ metric }) => metric === column)),
    }));
    return { slice, columns, rows };
  });
}
