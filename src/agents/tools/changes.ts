import * as v from 'valibot';
import { RegistryError } from '../../base/errors.ts';
import type { OperationOptions } from '../../base/progress.ts';
import type { ComparedDataset, ComparisonRow } from '../../catalog/read-models/comparison.ts';
import type { CodeBetween, CommitEntry } from '../../lineage/code-history.ts';
import type { DataChange, VersionChanges } from '../../registry/api/changes.ts';
import type { ImpactEntry } from '../../registry/api/impact.ts';
import { CURSOR, limit, MODEL, REF } from '../inputs.ts';
import { labelOf, pageOf, summaryOf } from '../shapes.ts';
import { type ToolSite, tool } from '../tool.ts';

const SHOWN = 40;

export const changeTools = [
  tool({
    name: 'compare_versions',
    title: 'Compare versions',
    description:
      'Puts two to eight versions side by side: metrics, and of params, data, packages and files what differs.',
    entries: { refs: v.pipe(v.array(REF), v.minLength(2), v.maxLength(8)) },
    async run({ registry }, { refs }) {
      const compared = await registry.compare({ refs });
      const { versions, metrics, params, tags, facts, lineage, data, environment, dependencies, files } = compared;
      return {
        columns: versions.map(labelOf),
        versions: versions.map(({ stage, createdAt, ...version }) => ({
          version: labelOf({ stage, createdAt, ...version }),
          stage,
          registeredAt: createdAt,
        })),
        metrics: rowsOf(metrics),
        evaluations: compared.evaluations.map(evaluationShape),
        differentParams: rowsOf(different(params)),
        differentTags: rowsOf(different(tags)),
        differentFacts: rowsOf(different(facts)),
        differentLineage: rowsOf(different(lineage)),
        differentData: rowsOf(different(data)),
        dataIsRecorded: compared.hasData,
        packagesAreRecorded: compared.hasDependencies,
        notRecordedOfAll: notRecordedOfAll([...params, ...lineage, ...environment]),
        differentEnvironment: rowsOf(different(environment)),
        differentPackages: rowsOf(different(dependencies)),
        differentFiles: rowsOf(different(files)),
      };
    },
  }),
  tool({
    name: 'what_changed',
    title: 'What changed',
    description:
      'Tells what changed from one version to another in code (commits and files), packages, data, params and metrics. Of one version: against the one in production; of a model: from the version that was in production before to the one that is there now.',
    entries: {
      refs: v.optional(
        v.pipe(
          v.array(REF),
          v.minLength(1),
          v.maxLength(2),
          v.description('The earlier version, then the later one; or one.'),
        ),
      ),
      model: v.optional(MODEL),
    },
    async run(site, { refs, model }, operation) {
      const changes = await site.registry.changes({
        ...(refs === undefined ? {} : { refs }),
        ...(model === undefined ? {} : { model }),
      });
      return { ...changesShape(changes), history: await historyOf(site, changes, operation) };
    },
  }),
  tool({
    name: 'what_descends',
    title: 'What descends from something',
    description:
      'Lists the versions that were made from something, those in production first: a version (model@3), a package (numpy==1.26.4, numpy<2), a commit, the place or digest of data, or the name of a base model.',
    entries: {
      of: v.pipe(
        v.string(),
        v.trim(),
        v.minLength(1),
        v.maxLength(300),
        v.description('For example numpy<2, data/train.csv, bert@3 or commit:4be1c2f.'),
      ),
      limit: limit(20),
      cursor: v.optional(CURSOR),
    },
    async run({ registry }, { of, limit: most, cursor }) {
      const page = await registry.impact({ of, limit: most, ...(cursor === undefined ? {} : { cursor }) });
      const { subject, total, stages } = page;
      return {
        subject: { kind: subject.kind, name: subject.name },
        total,
        stages,
        ...pageOf('versions', page, descendantShape),
      };
    },
  }),
];

function different(rows: readonly ComparisonRow[]): readonly ComparisonRow[] {
  return rows.filter(({ isDifferent }) => isDifferent);
}

/** What nobody knows of some of the versions, so that it isn't among what differs. */
function notRecordedOfAll(rows: readonly ComparisonRow[]): readonly string[] {
  return rows.filter(({ isDifferent, isKnown }) => !isDifferent && isKnown).map(({ name }) => name);
}

/** As tuples: the name, then a value for each version. */
function rowsOf(rows: readonly ComparisonRow[]) {
  return rows.map(({ name, values, isKnown }) => [
    name,
    ...values.map((value, column) => (isKnown?.[column] === false ? 'not recorded' : (value ?? null))),
  ]);
}

function evaluationShape({ dataset, metrics, slices }: ComparedDataset) {
  return {
    dataset,
    metrics: rowsOf(metrics),
    slices: slices.slice(0, SHOWN).map(({ slice, metrics: rows }) => ({ slice, metrics: rowsOf(rows) })),
  };
}

function changesShape(changes: VersionChanges) {
  const { before, after, why, code, data, hasData, packages, hasPackages, params, metrics, environment, weights } =
    changes;
  const { recordedOfOne } = changes;
  return {
    before: summaryOf(before),
    after: summaryOf(after),
    beforeIs: why,
    code: {
      before: code.before && { commit: code.before.commit, hasUncommittedChanges: code.before.isDirty },
      after: code.after && { commit: code.after.commit, hasUncommittedChanges: code.after.isDirty },
    },
    data: data.map(dataShape),
    dataIsRecorded: hasData,
    packages: packages.map(({ name, kind, before: from, after: to }) => ({ name, kind, from, to })),
    packagesAreRecorded: hasPackages,
    params: rowsOf(params),
    metrics: rowsOf(metrics),
    environment: rowsOf(environment),
    recordedOfOneAlone: recordedOfOne.map(({ name, isThere: [isThere] }) => [name, isThere ? 'before' : 'after']),
    weights,
  };
}

function dataShape({ path, kind, before, after }: DataChange) {
  return { path, kind, rowsBefore: before?.rows, rowsAfter: after?.rows };
}

/** What git tells; where it can't, why. */
async function historyOf(site: ToolSite, { before, after }: VersionChanges, operation: OperationOptions) {
  try {
    const between = await site.codeBetween({ beforeId: before.id, afterId: after.id }, operation);
    return between ? historyShape(between) : { notKnown: ['A version was registered without its code.'] };
  } catch (error) {
    if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
    return { notKnown: [error.message] };
  }
}

function historyShape({ added, removed, files, fileCount, missing }: CodeBetween) {
  return {
    commitsAdded: { count: added.count, commits: added.commits.slice(0, SHOWN).map(commitShape) },
    ...(removed.count === 0
      ? {}
      : { commitsRemoved: { count: removed.count, commits: removed.commits.slice(0, SHOWN).map(commitShape) } }),
    files: files
      .slice(0, SHOWN)
      .map(({ path, kind, addedLines, removedLines }) => ({ path, kind, addedLines, removedLines })),
    fileCount,
    ...(missing.length === 0 ? {} : { notKnown: missing }),
  };
}

function commitShape({ commit, author, at, subject }: CommitEntry) {
  return { commit: commit.slice(0, 12), author, at, subject };
}

function descendantShape({ version, isDirect, through }: ImpactEntry) {
  return { version: labelOf(version), stage: version.stage, isDirect, ...(through === undefined ? {} : { through }) };
}
