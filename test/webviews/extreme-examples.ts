import type { MetricValue } from '../../src/base/metric-value.ts';
import type { VersionDetails, VersionSummary } from '../../src/catalog/read-models/versions.ts';
import type { FactsPageData } from '../../src/extension/messages/answers.ts';
import type {
  ChangesPageData,
  ComparedRow,
  ComparisonPageData,
  GraphPageData,
  ModelFilePageData,
  VersionPageData,
} from '../../src/extension/messages/page-data.ts';
import type { ReviewGate, ReviewPageData, VersionGates } from '../../src/extension/messages/review.ts';
import type { CodeBetween } from '../../src/lineage/code-history.ts';
import type { TensorFacts } from '../../src/modelfiles/facts.ts';
import { summariseFacts } from '../../src/modelfiles/facts-summary.ts';
import type { DeclaredGate } from '../../src/project/gates-schema.ts';
import type { MetricCourses } from '../../src/registry/api/facts.ts';
import type { GraphNode } from '../../src/registry/api/impact.ts';
import { pageFacts } from './bert-examples.ts';
import { barePage, changes, codeBetween, idOf, metricRows, recordedRows, versionDetails } from './examples.ts';
import {
  author,
  extremeSummary,
  filling,
  longestModel,
  longestStage,
  manyMetrics,
  manyParams,
  names,
  numberAt,
  rightToLeft,
  story,
  unbroken,
} from './extreme-values.ts';
import { approval, gate, gatesOf } from './gate-examples.ts';
import { day } from './model-examples.ts';
import { reviewPage } from './review-examples.ts';

export function extremeVersion(): VersionDetails {
  const sha256 = 'f'.repeat(64);
  const base = versionDetails();
  const at = '+275760-09-13T00:00:00.000Z';
  const people = names.map((text, index) => ({ id: `${index}`, text: `${text} ${story}`, by: author, at }));
  return {
    ...base,
    ...extremeSummary(2),
    files: Array.from({ length: 10_000 }, (_, index) => ({
      path: `${names[index] ?? `shards/${index}`}/${filling('nested-folder/', index % 200)}model-${index}.bin`,
      // Together as many bytes as can be counted.
      sizeBytes: index === 0 ? Number.MAX_SAFE_INTEGER - (9999 * 10_000) / 2 : index,
      sha256,
      isExecutable: index % 2 === 0,
    })),
    lineage: {
      ...base.lineage,
      code: {
        commit: 'f'.repeat(40),
        branch: filling('feature/a-branch-that-says-everything-', 250),
        isDirty: true,
        remote: `https://example.com/${filling('group/', 400)}`,
        capturedAt: 'end',
        repository: unbroken,
        submodules: names.map((path) => ({ path, commit: 'f'.repeat(40), isDirty: true })),
      },
      run: {
        ...base.lineage.run,
        id: filling('run-', 250),
        name: rightToLeft,
        command: `python train.py ${filling('--with-an-option=and-its-value ', 4000)}`,
        url: `https://example.com/${filling('runs/', 1000)}`,
        folder: filling('folder/', 400),
        exitCode: -2_147_483_648,
        othersCount: 10_000,
      },
      data: names.map((path) => ({ path, sha256, sizeBytes: Number.MAX_SAFE_INTEGER, rows: Number.MAX_SAFE_INTEGER })),
      evaluations: names.flatMap((dataset) => [
        { at, by: author, dataset, metrics: manyMetrics(30) },
        { at, by: author, dataset, slice: `${dataset}=${dataset}`, metrics: manyMetrics(30) },
      ]),
      dependencies: Array.from({ length: 400 }, (_, index) => ({
        name: names[index] ?? `package-${index}`,
        version: index === 0 ? filling('1.0.0+local.', 120) : `${index}.0.0`,
      })),
      machine: {
        ...base.lineage.machine,
        cpu: unbroken,
        gpus: names.slice(0, 6),
        memoryBytes: Number.MAX_SAFE_INTEGER,
      },
      missing: names.map((what) => ({ what, why: story })),
      baseModel: { name: longestModel, versionId: idOf(9), number: Number.MAX_SAFE_INTEGER },
    },
    transitions: names.map((text, index) => ({
      from: index % 2 === 0 ? longestStage : 'production',
      to: index % 2 === 0 ? 'production' : longestStage,
      kind: index % 2 === 1 ? 'demote' : index % 4 === 2 ? 'rollback' : 'promote',
      by: author,
      at,
      askedAt: at,
      reason: `${text}\n${story}`,
      isOverride: true,
      overridden: [...names],
      displaced: Array.from({ length: 40 }, (_, place) => 1_000_010 + place),
      seq: Number.MAX_SAFE_INTEGER,
      pending: true,
    })),
    notes: people,
    comments: people,
    sameArtifact: names.map((_, index) => ({ model: longestModel, number: 1_000_000 + index })),
    sameWeights: names.map((_, index) => ({ model: longestModel, number: 1_000_000 + index })),
    hasHistory: true,
  };
}

export function extremeVersionPage(): VersionPageData {
  const metrics = Object.fromEntries(Object.keys(manyMetrics(500)).map((name, index) => [name, numberAt(index + 1)]));
  return {
    ...barePage(extremeVersion()),
    stages: [longestStage, 'production'],
    baseline: { kind: 'production', versionId: idOf(1), number: 1_000_001, metrics },
  };
}

const sizedTensors = Array.from({ length: 99_999 }, (_, index) => {
  const [dtype, itemBytes] = index % 4 === 0 ? (['float32', 4] as const) : (['bfloat16', 2] as const);
  const place = { path: 'model.safetensors', offset: index * 100, sizeBytes: (index + 1) * 8 * itemBytes };
  return { name: `layers.${index}.attention.weight`, dtype, shape: [index + 1, 8], place };
});
const sizedElements = sizedTensors.reduce((sum, { shape: [rows = 0] }) => sum + rows * 8, 0);

/** More of them than fit into a screen, with as many elements as can be counted. */
export const manyTensors: readonly TensorFacts[] = [
  ...sizedTensors,
  { name: 'experts', dtype: 'ternary', shape: [Number.MAX_SAFE_INTEGER - sizedElements] },
];

export function extremeFacts(): FactsPageData {
  const { tensorCount, dtypes } = summariseFacts({ format: 'pytorch', tensors: manyTensors }, '');
  const long = filling('Architecture', 400);
  return pageFacts({
    architecture: long,
    license: unbroken,
    parameterCount: Number.MAX_SAFE_INTEGER,
    ...{ tensorCount, dtypes },
    baseModels: names.map((name) => ({ name, revision: 'f'.repeat(40) })),
    inputs: names.map((name) => ({ name, dtype: 'float32', shape: Array.from({ length: 12 }, () => 65_536) })),
    outputs: names.map((name) => ({ name, dtype: filling('custom-dtype.', 64), shape: [null, 'batch', 1] })),
    metadata: Object.fromEntries(names.map((name) => [name, `${story} ${name}`])),
    danger: {
      verdict: 'dangerous',
      findings: names.map((what, index) => ({
        verdict: 'dangerous',
        what,
        why: story,
        path: unbroken,
        member: unbroken,
        offset: Number.MAX_SAFE_INTEGER - index,
        opcode: 'STACK_GLOBAL',
      })),
    },
    problems: [...names],
  });
}

export function extremeCourses(): MetricCourses {
  const points = (at: (step: number) => MetricValue) =>
    Array.from({ length: 60 }, (_, step) => [step * 1e12, at(step)] as const);
  return Object.fromEntries(
    [...names, ...Array.from({ length: 60 }, (_, index) => `metric_${index}`)].map((name, index) => [
      name,
      { points: points((step) => numberAt(step + index)), total: Number.MAX_SAFE_INTEGER },
    ]),
  );
}

/** Of every metric with a hostile name, and of as many commands that say as much as they may. */
function extremeGates(): readonly ReviewGate[] {
  const asked = names.map(
    (metric, index): DeclaredGate => ({ metric, ...(index % 2 === 0 ? { min: 0 } : { max: 0 }) }),
  );
  const gates = gatesOf(extremeVersion(), { gates: asked, asksPeople: false });
  const commands = names.map((name) =>
    gate('command', {
      ...{ gate: `command: ${name}`, required: `python ${name} ${unbroken}`, measured: 'exit code 1' },
      ...{ outcome: 'failed', why: story, isCommand: true, recorded: { at: day(1), by: author.name } },
    }),
  );
  return [...gates, ...commands];
}

export function extremeVersionGates(): VersionGates {
  const approvals = names.map((name) => approval(name, { comment: story, by: author, isGiven: false }));
  return {
    stages: [longestStage, 'production'].map((stage) => ({ stage, kind: 'promote', gates: extremeGates(), approvals })),
  };
}

/** Rows of as many versions, of which those in `without` have nothing recorded. */
function rowsBeside(
  all: readonly string[],
  count: number,
  without: readonly number[],
  textAt: (row: number, column: number) => string | undefined,
): readonly ComparedRow[] {
  return recordedRows(
    Array.from({ length: count }, (_, column) =>
      without.includes(column) ? {} : Object.fromEntries(all.map((name, row) => [name, textAt(row, column)])),
    ),
  );
}

/** Eight versions of different models, with everything that there can be of each. */
export function extremeComparison(): ComparisonPageData {
  const count = 8;
  const columns = Array.from({ length: count }, (_, column) => column);
  const textAt = (row: number, column: number) => `${names[row] ?? `value ${row}`} ${column}`;
  const rowsOf = (all: readonly string[], without: readonly number[]) => rowsBeside(all, count, without, textAt);
  const metrics = Object.keys(manyMetrics(500));
  const measured = (most: number) =>
    metricRows(
      columns.map((column) =>
        column === 3
          ? {}
          : Object.fromEntries(metrics.slice(0, most).map((name, row) => [name, numberAt(row + column)])),
      ),
    );
  const versions = columns.map((column) =>
    extremeSummary(column + 1, {
      ...{ model: `${filling('Other-Model.', 120)}${column}`, params: {} },
      metrics: Object.fromEntries(
        metrics.flatMap((name, row) => (row % 9 === 8 && column > 0 ? [] : [[name, numberAt(row + column)]])),
      ),
    }),
  );
  return {
    versions,
    metrics: metricRows(versions.map((version) => version.metrics)),
    params: rowsOf(Object.keys(manyParams(2000)), [3]),
    tags: rowsOf(names, []),
    lineage: rowsOf(names, [3]),
    dependencies: rowsOf(names, [1, 3]),
    hasHistory: columns.map(() => true),
    data: rowsOf(names, [2]),
    environment: rowsOf(names, [3]),
    evaluations: names.slice(0, 6).map((dataset) => ({
      dataset,
      isMeasured: columns.map((column) => column !== 3),
      metrics: measured(8),
      slices: names.slice(0, 4).map((slice) => ({ slice: `${slice}=${unbroken}`, metrics: measured(3) })),
    })),
    files: rowsOf(names, []),
    fileCount: 123_456,
    facts: rowsOf(names, []),
  };
}

export function extremeChanges(overrides: Partial<ChangesPageData> = {}): ChangesPageData {
  const code = { branch: unbroken, isDirty: true, capturedAt: 'end', commit: 'f'.repeat(40) } as const;
  const params = (column: number) =>
    Object.fromEntries([...names, 'prompt'].map((name, row) => [name, `${column} ${names[row] ?? story}`]));
  const shifted = Object.fromEntries(Object.keys(manyMetrics(500)).map((name, row) => [name, numberAt(row + 1)]));
  return changes({
    before: extremeSummary(1, { params: params(0) }),
    after: extremeSummary(2, { model: `${filling('Other.', 127)}x`, params: params(1), metrics: shifted }),
    code: { before: code, after: { ...code, commit: 'e'.repeat(40) } },
    data: names.map((path, index) => {
      const kind = (['added', 'removed', 'changed'] as const)[index % 3] ?? 'added';
      return {
        ...{ path, kind },
        ...(kind === 'added' ? {} : { before: { path, sha256: 'a'.repeat(64), sizeBytes: 1 } }),
        ...(kind === 'removed' ? {} : { after: { path, sha256: 'b'.repeat(64), sizeBytes: Number.MAX_SAFE_INTEGER } }),
      };
    }),
    packages: names.map((name) => ({ name, kind: 'upgraded', before: unbroken, after: rightToLeft })),
    environment: rowsBeside(names, 2, [], (row, column) => `${column} ${names[row] ?? ''}`),
    facts: rowsBeside(names, 2, [], (row, column) => `${column} ${names[row] ?? ''}`),
    ...overrides,
  });
}

/** As many as the registry lists, of which the first have the worst names. */
export function extremeCode(): CodeBetween {
  const commits = (digit: string) =>
    Array.from({ length: 1000 }, (_, index) => ({
      commit: `${String(index).padStart(4, '0')}${digit.repeat(36)}`,
      author: author.name,
      at: day(300 - index / 10),
      subject: names[index] ?? `Change ${index}`,
    }));
  const files = Array.from({ length: 2000 }, (_, index) => {
    const path = names[index] ?? `src/file-${index}`;
    return { path: `${path}.py`, kind: 'moved', from: `${path}-before.py`, addedLines: 1e9 } as const;
  });
  return codeBetween({
    repository: `/home/${filling('folder/', 400)}`,
    added: { commits: commits('c'), count: 10_000 },
    removed: { commits: commits('d'), count: 10_000 },
    files,
    fileCount: 10_000,
    missing: [story, 'Only the first 2,000 changed files are listed.'],
  });
}

/** As much as the registry draws and lists of a version that most others descend from. */
export function extremeGraph(): GraphPageData {
  const [subject, total] = [idOf(2), 1_234_567];
  const of = `data:${'f'.repeat(64)}`;
  const before: readonly GraphNode[] = names.map((label, index) => ({
    ...{ id: `before ${index}`, label, detail: unbroken, of },
    kind: index % 2 === 0 ? 'data' : 'base',
  }));
  const listed = Array.from({ length: 100 }, (_, index) =>
    extremeSummary(10 + index, { metrics: {}, params: {}, pending: false, stagePending: false }),
  );
  const direct = listed.slice(0, 12);
  const nodeOf = ({ id, number }: Pick<VersionSummary, 'id' | 'number'>): GraphNode => ({
    ...{ id, kind: 'version', stage: longestStage, of: `version:${id}` },
    label: `${longestModel}@${number}`,
  });
  const after: readonly GraphNode[] = [
    ...direct.map(nodeOf),
    { id: 'more', kind: 'more', label: '1,000,000 more', detail: 'versions' },
  ];
  return {
    graph: {
      subject,
      nodes: [nodeOf({ id: subject, number: 1_000_002 }), ...before, ...after],
      edges: [
        ...before.map(({ id }) => ({ from: id, to: subject })),
        ...after.map(({ id }) => ({ from: subject, to: id })),
      ],
    },
    impact: {
      subject: {
        ...{ kind: 'version', name: `${longestModel}@1000002` },
        version: extremeSummary(2, { pending: false, stagePending: false }),
      },
      ...{ total, stages: [{ stage: longestStage, count: total }] },
      items: listed.map((version, index) =>
        index < direct.length
          ? { version, isDirect: true }
          : { version, isDirect: false, through: `${longestModel}@${1_000_010 + (index % direct.length)}` },
      ),
    },
  };
}

export function extremeReview(): { readonly data: ReviewPageData; readonly gates: readonly ReviewGate[] } {
  const version = extremeVersion();
  const other = { ...extremeVersion(), id: idOf(1), number: 1_000_001 };
  const votes = names.map((name, index) =>
    approval(name, { comment: story, by: author, isGiven: index % 2 === 0, isCounted: index % 3 === 0 }),
  );
  return {
    data: reviewPage({
      version,
      stage: longestStage,
      otherStages: Array.from({ length: 31 }, (_, index) => `${filling('other-stage-', 29)}${index}`),
      other: { version: other, isInStage: true },
      changes: extremeChanges({ before: other, after: version }),
      approvals: votes,
      request: {
        ...{ by: author, at: day(1), askedAt: day(1), comment: story, pending: true, isOwn: true, isWanted: true },
        reviewers: Array.from({ length: 32 }, (_, index) => names[index] ?? `${filling('reviewer', 200)}@x.org`),
      },
      from: Array.from({ length: 31 }, (_, index) => `${filling('from-', 29)}${index}`),
    }),
    gates: extremeGates(),
  };
}

export function extremeModelFile(data: ModelFilePageData): ModelFilePageData {
  const { facts } = extremeFacts();
  return {
    ...data,
    name: `${unbroken}.pt`,
    path: `${filling('nested-folder/', 400)}${unbroken}.pt`,
    sizeBytes: Number.MAX_SAFE_INTEGER,
    changedAt: '+275760-09-13T00:00:00.000Z',
    fileCount: 10_000,
    facts: { ...data.facts, ...facts },
  };
}
