import type { DeclaredDirections } from '../../base/metrics.ts';
import type { Comparison, ComparisonRow } from '../../catalog/read-models/comparison.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { ComparedRow, ComparisonPageData } from '../messages/page-data.ts';
import type { DirectionsOf } from './page-data.ts';

/** Rows of files that a page gets; those that differ come first. */
const MOST_FILES = 2000;

/** All that the comparison of versions shows. Throws what the registry throws. */
export async function loadComparisonPage(
  registry: RegistryCalls,
  versionIds: readonly string[],
  directionsOf: DirectionsOf,
): Promise<ComparisonPageData> {
  const compared = await registry.compare({ refs: versionIds });
  return comparisonPageOf(compared, await directionsOf(compared.versions[0]?.model ?? ''));
}

/** What was found side by side, as the page gets it. */
export function comparisonPageOf(compared: Comparison, declared?: DeclaredDirections): ComparisonPageData {
  const { versions, evaluations, hasHistory, files } = compared;
  return {
    ...{ versions, hasHistory },
    ...(declared ? { declared } : {}),
    facts: comparedRows(compared.facts),
    metrics: comparedRows(compared.metrics),
    params: comparedRows(compared.params),
    tags: comparedRows(compared.tags),
    evaluations: evaluations.map(({ metrics, slices, ...dataset }) => ({
      ...dataset,
      metrics: comparedRows(metrics),
      slices: slices.map((slice) => ({ slice: slice.slice, metrics: comparedRows(slice.metrics) })),
    })),
    lineage: comparedRows(compared.lineage),
    data: comparedRows(compared.data),
    environment: comparedRows(compared.environment),
    dependencies: comparedRows(compared.dependencies),
    files: comparedRows(files.slice(0, MOST_FILES)),
    fileCount: files.length,
  };
}

/** Messages are JSON: what isn't there is null. */
export function comparedRows(rows: readonly ComparisonRow[]): readonly ComparedRow[] {
  return rows.map(({ name, values, isDifferent, isKnown, names, ranks }) => ({
    name,
    isDifferent,
    ...(isKnown ? { isKnown } : {}),
    values: values.map((value) => value ?? null),
    ...(names ? { names: names.map((entry) => entry ?? null) } : {}),
    ...(ranks ? { ranks: ranks.map((entry) => entry ?? null) } : {}),
  }));
}
