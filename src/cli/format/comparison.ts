import { type DeclaredDirections, formatDifference, formatMetric, metricChange } from '../../base/metrics.ts';
import type { ComparedDataset, Comparison, ComparisonRow } from '../../catalog/read-models/comparison.ts';
import { safeLine, styled } from '../terminal.ts';
import { tableText } from './tables.ts';
import { labelOf } from './values.ts';

/** Versions side by side, a table for each kind of fact: what differs, or everything with `withEqual`. */
export function comparisonText(
  comparison: Comparison,
  { withEqual, declared }: { readonly withEqual: boolean; readonly declared?: DeclaredDirections | undefined },
): string {
  const labels = comparison.versions.map(labelOf);
  const { facts, metrics, params, tags, lineage, environment, files } = comparison;
  const { data, hasData, dependencies, hasDependencies } = comparison;
  const change = (row: ComparisonRow) => differenceText(row, declared);
  const sections = [
    section('Metrics', labels, shownMetrics(metrics, withEqual), change),
    ...comparison.evaluations.map((dataset) =>
      section(datasetName(dataset), labels, shownEvaluation(dataset, withEqual), change),
    ),
    section('Model', labels, shown(facts, withEqual)),
    section('Params', labels, shown(params, withEqual)),
    section('Tags', labels, shown(tags, withEqual)),
    partlyKnown('Data', labels, { rows: data, isKnown: hasData }, withEqual),
    section('Lineage', labels, shown(lineage, withEqual)),
    section('Environment', labels, shown(environment, withEqual)),
    partlyKnown('Packages', labels, { rows: dependencies, isKnown: hasDependencies }, withEqual),
    section('Files', labels, shown(files, withEqual)),
  ].filter((text) => text !== '');
  if (sections.length > 0) return sections.join('\n\n');
  const measured = comparison.evaluations.map(evaluationRows);
  const isAllKnown = [params, lineage, environment, files, ...measured]
    .flat()
    .every(({ isKnown }) => isKnown === undefined);
  return isAllKnown
    ? "They don't differ. Show everything with --all."
    : 'Nothing differs that was recorded of more than one. Show everything with --all.';
}

function shown(rows: readonly ComparisonRow[], withEqual: boolean): readonly ComparisonRow[] {
  return withEqual ? rows : rows.filter((row) => row.isDifferent);
}

/** What was measured of some alone is told, too: it's no difference, but what a person looks for among metrics. */
function shownMetrics(rows: readonly ComparisonRow[], withEqual: boolean): readonly ComparisonRow[] {
  return withEqual ? rows : rows.filter(({ isDifferent, isKnown }) => isDifferent || isKnown !== undefined);
}

/** Of a dataset that one of them alone was evaluated on, there is nothing to compare. */
function shownEvaluation(dataset: ComparedDataset, withEqual: boolean): readonly ComparisonRow[] {
  const isShared = dataset.isMeasured.filter(Boolean).length > 1;
  return (isShared ? shownMetrics : shown)(evaluationRows(dataset), withEqual);
}

/** `On holdout (ab3f9c1e77d0)`: results on other content of the same name stand in a table of their own. */
function datasetName({ dataset, sha256 }: ComparedDataset): string {
  const name = dataset === '' ? 'Evaluations' : `On ${safeLine(dataset, CELL_WIDTH)}`;
  return sha256 === undefined ? name : `${name} (${sha256.slice(0, 12)})`;
}

function evaluationRows({ metrics, slices }: ComparedDataset): readonly ComparisonRow[] {
  const ofSlices = slices.flatMap(({ slice, metrics: rows }) =>
    rows.map((row) => ({ ...row, name: `${slice}/${row.name}` })),
  );
  return [...metrics, ...ofSlices];
}

/** Of a version whose packages or data weren't recorded, nothing says that it has none. */
function partlyKnown(
  title: string,
  labels: readonly string[],
  { rows: all, isKnown }: { readonly rows: readonly ComparisonRow[]; readonly isKnown: readonly boolean[] },
  withEqual: boolean,
): string {
  const rows = shown(all, withEqual);
  if (isKnown.every((known) => known) || !isKnown.some((known) => known)) return section(title, labels, rows);
  const countOf = (column: number) => all.filter(({ values }) => values[column] !== undefined).length;
  const counts = isKnown.map((known, column) => (known ? `${countOf(column)} recorded` : NOT_RECORDED));
  return section(title, labels, [{ name: '(all)', values: counts, isDifferent: false }, ...rows]);
}

const NOT_RECORDED = 'not recorded';

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
    ...cellTexts(row),
    ...(difference ? [difference(row)] : []),
  ]);
  return tableText(['', title, ...labels, ...(difference ? ['Difference'] : [])], body);
}

const CELL_WIDTH = 48;
/** How much of what long texts have in common is shown before the place where they part. */
const CONTEXT_WIDTH = 8;

/** Values that are too long are cut; where they would look equal then, so that it shows where they differ. */
function cellTexts({ values, isKnown }: ComparisonRow): readonly string[] {
  const texts = values.flatMap((value) =>
    typeof value === 'string' ? [safeLine(value, Number.MAX_SAFE_INTEGER)] : [],
  );
  const shared = sharedLength(texts);
  const isHidden = new Set(texts).size > 1 && shared >= CELL_WIDTH - CONTEXT_WIDTH;
  const start = isHidden ? shared - CONTEXT_WIDTH : 0;
  return values.map((value, column) => {
    if (isKnown?.[column] === false) return styled('dim', NOT_RECORDED);
    if (value === undefined) return styled('dim', 'none');
    if (typeof value === 'number') return formatMetric(value);
    const text = safeLine(value, Number.MAX_SAFE_INTEGER);
    return safeLine(start === 0 ? text : `…${text.slice(start)}`, CELL_WIDTH);
  });
}

/** How many characters all texts begin with. */
function sharedLength(texts: readonly string[]): number {
  const [first = '', ...others] = texts;
  let length = 0;
  while (length < first.length && others.every((text) => text[length] === first[length])) length += 1;
  return length;
}

/** From the first value to the last, and whether that is for the better as far as the metric's name tells. */
export function differenceText({ name, values }: ComparisonRow, declared: DeclaredDirections | undefined): string {
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return '';
  const { verdict, difference } = metricChange(name, last, first, declared);
  if (verdict === 'same') return '';
  const text = difference === undefined ? '' : formatDifference(difference);
  if (verdict === 'different') return text;
  return styled(verdict === 'better' ? 'green' : 'red', `${text} ${verdict}`.trim());
}
