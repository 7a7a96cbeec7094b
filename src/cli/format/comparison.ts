import { formatDifference, formatMetric, metricChange } from '../../base/metrics.ts';
import type { Comparison, ComparisonRow } from '../../registry/api.ts';
import { safeLine, styled } from '../terminal.ts';
import { tableText } from './tables.ts';
import { labelOf } from './values.ts';

/** Versions side by side, a table for each kind of fact: what differs, or everything with `withEqual`. */
export function comparisonText(comparison: Comparison, withEqual: boolean): string {
  const labels = comparison.versions.map(labelOf);
  const { metrics, params, tags, lineage, dependencies, files } = comparison;
  const sections = [
    section('Metrics', labels, shown(metrics, withEqual), differenceText),
    section('Params', labels, shown(params, withEqual)),
    section('Tags', labels, shown(tags, withEqual)),
    section('Lineage', labels, shown(lineage, withEqual)),
    section('Packages', labels, shown(dependencies, withEqual)),
    section('Files', labels, shown(files, withEqual)),
  ].filter((text) => text !== '');
  return sections.length === 0 ? "They don't differ. Show everything with --all." : sections.join('\n\n');
}

function shown(rows: readonly ComparisonRow[], withEqual: boolean): readonly ComparisonRow[] {
  return withEqual ? rows : rows.filter((row) => row.isDifferent);
}

function section(
  title: string,
  labels: readonly string[],
  rows: readonly ComparisonRow[],
  difference?: (row: ComparisonRow) => string,
): string {
  if (rows.length === 0) return '';
  const body = rows.map((row) => [
    row.isDifferent ? styled('yellow', '≠') : ' ',
    safeLine(row.name, 48),
    ...row.values.map(cellText),
    ...(difference ? [difference(row)] : []),
  ]);
  return tableText(['', title, ...labels, ...(difference ? ['Difference'] : [])], body);
}

function cellText(value: string | number | undefined): string {
  if (value === undefined) return styled('dim', 'none');
  return typeof value === 'number' ? formatMetric(value) : safeLine(value, 48);
}

/** From the first value to the last, and whether that is for the better as far as the metric's name tells. */
function differenceText({ name, values }: ComparisonRow): string {
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return '';
  const { verdict, difference } = metricChange(name, last, first);
  if (difference === undefined || verdict === 'same') return '';
  const text = formatDifference(difference);
  if (verdict === 'better') return styled('green', `${text} better`);
  return verdict === 'worse' ? styled('red', `${text} worse`) : text;
}
