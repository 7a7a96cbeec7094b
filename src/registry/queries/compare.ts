import { RegistryError } from '../../base/errors.ts';
import type { Comparison, ComparisonRow, Lineage, VersionSummary } from '../../catalog/read-models.ts';
import { lineageOf } from '../../catalog/version-queries.ts';
import { findVersion } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { filesOf } from './files.ts';
import { registrationOf } from './intent-lines.ts';
import { dataCell, machineCells, packageCell } from './lineage-cells.ts';

type Cell = string | number | undefined;

export async function compare(session: Session, request: { readonly refs: readonly string[] }): Promise<Comparison> {
  if (request.refs.length < 2 || request.refs.length > 8) {
    throw new RegistryError('COMPARE_COUNT', `Two to eight versions can be compared, not ${request.refs.length}.`);
  }
  await readToHead(session);
  const versions = request.refs.map((ref) => findVersion(session, ref));
  const lineages = await Promise.all(
    versions.map(async ({ id }) => lineageOf(dbOf(session), id, await registrationOf(session, id))),
  );
  const hasDependencies = lineages.map(({ environment }) => environment !== undefined);
  const files = await Promise.all(versions.map((version) => filesOf(session, version.artifact.digest)));
  return {
    versions,
    facts: rowsOf(versions.map(factCells)).filter(isRecorded),
    metrics: rowsOf(versions.map((version) => version.metrics)),
    params: rowsOf(versions.map((version) => version.params)),
    tags: rowsOf(versions.map((version) => version.tags)),
    lineage: rowsOf(versions.map((version, index) => lineageCells(version, lineages[index]))).filter(isRecorded),
    dependencies: rowsOf(
      lineages.map((lineage) =>
        Object.fromEntries(lineage.dependencies.map((entry) => [entry.name, packageCell(entry)])),
      ),
      hasDependencies,
    ),
    hasDependencies,
    files: rowsOf(
      files.map((entries) =>
        Object.fromEntries(
          (entries ?? []).map(({ path, sizeBytes, sha256 }) => [path, `${sizeBytes} bytes · ${sha256.slice(0, 12)}`]),
        ),
      ),
    ),
  };
}

function isRecorded({ values }: ComparisonRow): boolean {
  return values.some((value) => value !== undefined);
}

function factCells({ facts }: VersionSummary): Readonly<Record<string, Cell>> {
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

function lineageCells(version: VersionSummary, lineage: Lineage | undefined): Readonly<Record<string, Cell>> {
  const code = lineage?.code;
  return {
    'code commit': code?.commit,
    branch: code?.branch,
    'uncommitted changes': code ? (code.isDirty ? 'yes' : 'no') : undefined,
    run: lineage?.run?.name ?? lineage?.run?.id,
    command: lineage?.run?.command,
    'base model': lineage?.baseModel?.name,
    python: lineage?.environment?.python,
    environment: lineage?.environment?.digest.slice(0, 12),
    artifact: version.artifact.digest.slice(0, 12),
    ...machineCells(lineage?.machine),
    ...Object.fromEntries((lineage?.locks ?? []).map(({ path, sha256 }) => [`lock ${path}`, sha256.slice(0, 12)])),
    ...Object.fromEntries((lineage?.data ?? []).map((entry) => [`data ${entry.path}`, dataCell(entry)])),
  };
}

/** A row for every name that any of the versions has, those that differ first, by name. What isn't known of a version differs from none. */
function rowsOf(
  columns: readonly Readonly<Record<string, Cell>>[],
  isKnown: readonly boolean[] = columns.map(() => true),
): readonly ComparisonRow[] {
  const names = [...new Set(columns.flatMap((column) => Object.keys(column)))].sort();
  const rows = names.map((name) => {
    const values = columns.map((column) => column[name]);
    return { name, values, isDifferent: new Set(values.filter((_, index) => isKnown[index])).size > 1 };
  });
  return [...rows.filter((row) => row.isDifferent), ...rows.filter((row) => !row.isDifferent)];
}
