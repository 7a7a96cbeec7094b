import { worstSlice } from '../../base/comparing.ts';
import { formatNumber, t } from '../../base/language.ts';
import { headlineMetrics } from '../../base/metrics.ts';
import { partName } from '../../base/part-name.ts';
import { sizeText } from '../../base/size.ts';
import type { VersionSummary } from '../../extension/messages/core-types.ts';
import type { ComparedDatasetRows, ComparedRow, ComparisonPageData } from '../../extension/messages/page-data.ts';
import { formatTime, shortDigest } from '../shared/format.ts';
import { groupMetrics } from '../shared/metric-groups.ts';
import { dataValues, factValues, fileValues } from './told-facts.ts';

type Value = string | number | null;

/** What a row is about decides what its differences are called, and what can be opened from it. */
export type RowKind = 'metric' | 'text' | 'data' | 'package' | 'code' | 'file';

export interface SectionRow {
  /** Of all rows of the page, this one. */
  readonly key: string;
  readonly label: string;
  /** As the registry has it. */
  readonly name: string;
  readonly kind: RowKind;
  readonly values: readonly Value[];
  readonly isDifferent: boolean;
  /** Of which versions it was recorded, unless of all: what isn't known of a version differs from nothing, and isn't the same either. */
  readonly isKnown?: ComparedRow['isKnown'];
  /** What is said beside a value: which slice it is of. */
  readonly remarks?: readonly (string | undefined)[];
  readonly names?: ComparedRow['names'];
  readonly ranks?: ComparedRow['ranks'];
}

/** Rows below a heading of their own. */
export interface RowGroup {
  readonly title?: string;
  readonly note?: string;
  readonly rows: readonly SectionRow[];
}

export interface ComparisonSection {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly RowGroup[];
  /** Rows that are the same are shown, too, without being asked for. */
  readonly showsSame?: true;
  /** How many more rows there are than the page got. */
  readonly unseen?: number;
}

/** The sections of a comparison in the order of the page. */
export function sectionsOf(comparison: ComparisonPageData): readonly ComparisonSection[] {
  const { versions, evaluations, files, fileCount } = comparison;
  const { whole, sliced } = metricRows(comparison);
  const plain = (id: string, title: string, rows: readonly ComparedRow[], kind: RowKind = 'text') => ({
    id,
    title,
    groups: [{ rows: rows.map((row) => rowOf(id, row, kind)) }],
  });
  const named = (section: ReturnType<typeof plain>) => ({
    ...section,
    groups: section.groups.map((group) => ({ rows: group.rows.map((row) => ({ ...row, label: partName(row.name) })) })),
  });
  return [
    { id: 'metrics', title: t('Metrics'), groups: [{ rows: whole }], showsSame: true as const },
    ...(sliced.length === 0 ? [] : [{ id: 'slices', title: t('Slices'), groups: sliced, showsSame: true as const }]),
    ...(evaluations.length === 0
      ? []
      : [
          {
            id: 'evaluations',
            title: t('Evaluations'),
            groups: evaluations.flatMap((dataset) => datasetGroups(dataset, comparison)),
            showsSame: true as const,
          },
        ]),
    plain('params', t('Params'), comparison.params),
    plain('data', t('Data'), withValues(comparison.data, dataValues), 'data'),
    named(plain('lineage', t('Code and run'), withValues(comparison.lineage, factValues), 'code')),
    plain('dependencies', t('Packages'), comparison.dependencies, 'package'),
    named(plain('environment', t('Environment'), comparison.environment)),
    named(plain('facts', t('Model'), withValues(comparison.facts, factValues))),
    plain('tags', t('Tags'), comparison.tags),
    {
      ...plain('files', t('Files'), withValues(files, fileValues), 'file'),
      unseen: Math.max(0, fileCount - files.length),
    },
    plain('about', t('About the versions'), aboutRows(versions)),
  ].map((section) => ({ ...section, groups: section.groups.map(differentFirst) }));
}

function withValues(
  rows: readonly ComparedRow[],
  values: (row: ComparedRow) => ComparedRow['values'],
): readonly ComparedRow[] {
  return rows.map((row) => ({ ...row, values: values(row) }));
}

function rowOf(section: string, row: ComparedRow, kind: RowKind, label = row.name, key = row.name): SectionRow {
  return { ...row, key: `${section} ${key}`, label, kind };
}

/** Rows that weren't recorded of every version are neither the same nor, as far as anybody knows, different. */
export function sortOf({ isDifferent, isKnown }: SectionRow): 'different' | 'same' | 'partly-known' {
  if (isDifferent) return 'different';
  return isKnown ? 'partly-known' : 'same';
}

/** Groups with slices keep their order, in which a metric's slices stand together. */
function differentFirst(group: RowGroup): RowGroup {
  if (group.rows.some(({ remarks }) => remarks)) return group;
  return {
    ...group,
    rows: (['different', 'same', 'partly-known'] as const).flatMap((sort) =>
      group.rows.filter((row) => sortOf(row) === sort),
    ),
  };
}

/** What tells most about the versions first; what names a slice apart. */
function metricRows(comparison: ComparisonPageData): {
  readonly whole: readonly SectionRow[];
  readonly sliced: readonly RowGroup[];
} {
  const { metrics, declared } = comparison;
  const byName = new Map(metrics.map((row) => [row.name, row]));
  const { groups, matrices } = groupMetrics(Object.fromEntries(metrics.map(({ name }) => [name, 0])));
  const names = Object.fromEntries(groups.flatMap((group) => group.metrics.map(({ name }) => [name, 0])));
  const inOrder = headlineMetrics(names, Number.POSITIVE_INFINITY, { declared });
  return {
    whole: inOrder.flatMap(({ name }) => {
      const row = byName.get(name);
      return row ? [rowOf('metrics', row, 'metric')] : [];
    }),
    sliced: matrices.map(({ slice, columns, rows }) => ({
      title: t('By {slice}', { slice }),
      rows: columns.flatMap((metric, column) => {
        const cells = rows.flatMap(({ value, cells }) => {
          const row = byName.get(cells[column]?.name ?? '');
          return row ? [{ slice: value, row }] : [];
        });
        return slicedRows(`slices:${slice}`, metric, cells, comparison);
      }),
    })),
  };
}

/** A metric in its worst slice, then in each. */
function slicedRows(
  section: string,
  metric: string,
  cells: readonly { readonly slice: string; readonly row: ComparedRow }[],
  { versions, declared }: ComparisonPageData,
): readonly SectionRow[] {
  const worst = versions.map((_, column) =>
    worstSlice(
      metric,
      cells.flatMap(({ slice, row }) => {
        const value = row.values[column] ?? null;
        return value === null ? [] : [{ slice, value }];
      }),
      declared,
    ),
  );
  const slices = cells.map(({ slice, row }) => ({
    ...rowOf(section, row, 'metric', `${metric}, ${slice}`, `${metric} ${slice}`),
    remarks: [],
  }));
  if (cells.length < 2 || !worst.some((found) => found)) return slices;
  const values = worst.map((found) => found?.value ?? null);
  return [
    {
      key: `${section} ${metric}`,
      label: t('{metric}, worst', { metric }),
      name: metric,
      kind: 'metric',
      values,
      ...(worst.every((found) => found) ? {} : { isKnown: worst.map((found) => found !== undefined) }),
      isDifferent: new Set(values.filter((value) => value !== null)).size > 1,
      remarks: worst.map((found) => found?.slice),
    },
    ...slices,
  ];
}

function datasetGroups(
  { dataset, sha256, isMeasured, metrics, slices }: ComparedDatasetRows,
  comparison: ComparisonPageData,
): readonly RowGroup[] {
  const title = `${dataset === '' ? t('No dataset named') : dataset}${sha256 === undefined ? '' : ` (${shortDigest(sha256)})`}`;
  const section = `evaluations:${title}`;
  const measured = isMeasured.filter(Boolean).length;
  const note =
    measured === isMeasured.length
      ? {}
      : {
          note: t('{measured} of {all} versions', {
            measured: formatNumber(measured),
            all: formatNumber(isMeasured.length),
          }),
        };
  const bySlice = Map.groupBy(slices, ({ slice }) =>
    slice.includes('=') ? slice.slice(0, slice.indexOf('=')) : 'slice',
  );
  return [
    { title, ...note, rows: metrics.map((row) => rowOf(section, row, 'metric')) },
    ...[...bySlice].map(([of, found]) => ({
      title: t('{title} by {of}', { title, of }),
      rows: [...new Set(found.flatMap((entry) => entry.metrics.map(({ name }) => name)))].flatMap((metric) =>
        slicedRows(
          `${section} ${of}`,
          metric,
          found.flatMap(({ slice, metrics: rows }) => {
            const row = rows.find(({ name }) => name === metric);
            return row ? [{ slice: slice.slice(slice.indexOf('=') + 1), row }] : [];
          }),
          comparison,
        ),
      ),
    })),
  ].filter(({ rows }) => rows.length > 0);
}

function aboutRows(versions: readonly VersionSummary[]): readonly ComparedRow[] {
  const row = (name: string, of: (version: VersionSummary) => Value): ComparedRow => {
    const values = versions.map(of);
    return { name, values, isDifferent: new Set(values).size > 1 };
  };
  return [
    row(t('description'), ({ description }) => description || null),
    row(t('registered'), ({ claimedAt, createdAt }) => formatTime(claimedAt ?? createdAt)),
    row(t('by'), ({ createdBy }) => createdBy.name || createdBy.email),
    row(t('aliases'), ({ aliases }) => aliases.join(', ') || null),
    row(t('size'), ({ artifact }) => sizeText(artifact.sizeBytes)),
  ];
}

/** The column that the others are measured against: the one chosen, else the one in production, else the first. */
export function baselineColumn({ versions }: Pick<ComparisonPageData, 'versions'>, chosenId: unknown): number {
  const chosen = versions.findIndex(({ id }) => id === chosenId);
  if (chosen >= 0) return chosen;
  return Math.max(
    0,
    versions.findIndex(({ stage }) => stage === 'production'),
  );
}
