import { groupBy } from '../../base/group-by.ts';
import type { Comparison, ComparisonRow } from '../../catalog/read-models/comparison.ts';
import type { Lineage } from '../../catalog/read-models/lineage.ts';
import type { FileEntry, VersionSummary } from '../../catalog/read-models/versions.ts';
import { comparedEvaluations } from './compare-evaluations.ts';
import { environmentCells, knowsEnvironment, knowsLineage, lineageCells } from './compared-lineage.ts';
import { type Cells, metricRowsOf, namedRowsOf, rowsOf } from './compared-rows.ts';
import { dataCell, dataName, packageCell } from './lineage-cells.ts';
import { packageRanks } from './package-versions.ts';

/** What is known of the versions, each in the place of its column. */
export interface Compared {
  readonly versions: readonly VersionSummary[];
  readonly lineages: readonly Lineage[];
  /** Undefined of a version whose files aren't known. */
  readonly files: readonly (readonly FileEntry[] | undefined)[];
  readonly hasHistory: readonly boolean[];
}

/** All that is recorded of versions, in rows. */
export function sideBySide({ versions, lineages, files, hasHistory }: Compared): Comparison {
  const hasData = lineages.map(({ data }) => data.length > 0);
  const hasDependencies = lineages.map(({ environment }) => environment !== undefined);
  return {
    versions,
    facts: rowsOf(versions.map(factCells)).filter(isRecorded),
    metrics: metricRowsOf(versions.map((version) => version.metrics)),
    params: rowsOf(
      versions.map(({ params }) => params),
      (_, column) => Object.keys(versions[column]?.params ?? {}).length > 0,
    ),
    tags: rowsOf(versions.map((version) => version.tags)),
    evaluations: comparedEvaluations(lineages),
    lineage: rowsOf(
      versions.map((version, column) => lineageCells(version, lineages[column])),
      (name, column) => knowsLineage(versions[column], lineages[column], name),
    ).filter(isRecorded),
    data: namedRowsOf(
      lineages.map(({ data }) => ({
        texts: Object.fromEntries(data.map((entry) => [entry.path, dataCell(entry)])),
        names: Object.fromEntries(data.map((entry) => [entry.path, dataName(entry)])),
      })),
      (_, column) => hasData[column] === true,
    ),
    hasData,
    environment: rowsOf(lineages.map(environmentCells), (name, column) =>
      knowsEnvironment(lineages[column], name),
    ).filter(isRecorded),
    dependencies: dependencyRows(lineages, hasDependencies),
    hasDependencies,
    files: rowsOf(
      files.map((entries) =>
        Object.fromEntries(
          (entries ?? []).map(({ path, sizeBytes, sha256 }) => [path, `${sizeBytes} bytes · ${sha256.slice(0, 12)}`]),
        ),
      ),
      (_, column) => files[column] !== undefined,
    ),
    hasHistory,
  };
}

/** A package may be there twice, in two folders of an interpreter. */
function dependencyRows(lineages: readonly Lineage[], isKnown: readonly boolean[]): readonly ComparisonRow[] {
  const columns = lineages.map(({ dependencies }) => groupBy(dependencies, ({ name }) => name));
  const texts = columns.map((packages) =>
    Object.fromEntries([...packages].map(([name, found]) => [name, found.map(packageCell).join(', ')])),
  );
  return rowsOf(texts, (_, column) => isKnown[column] === true).map((row) => {
    if (!row.isDifferent) return row;
    const versions = columns.map((packages) => {
      const found = packages.get(row.name) ?? [];
      return found.length === 1 ? found[0]?.version : undefined;
    });
    return { ...row, ranks: packageRanks(versions) };
  });
}

function isRecorded({ values }: ComparisonRow): boolean {
  return values.some((value) => value !== undefined);
}

function factCells({ facts }: VersionSummary): Cells {
  if (!facts) return {};
  const { format, framework, architecture, parameterCount, dtypes, license, baseModels, weights, danger } = facts;
  return {
    format,
    framework: framework && [framework.name, framework.version].filter((part) => part !== undefined).join(' '),
    architecture,
    parameters: parameterCount,
    dtypes: dtypes?.join(', '),
    license,
    'made from': baseModels?.map(({ name }) => name).join(', '),
    weights: weights?.slice(0, 12),
    danger,
  };
}
