import { sha256Hex } from '../../src/base/hash.ts';
import type { MetricValue } from '../../src/base/metric-value.ts';
import type { Author } from '../../src/catalog/read-models/author.ts';
import type { VersionDetails, VersionSummary } from '../../src/catalog/read-models/versions.ts';
import type { TensorComparisonPageData } from '../../src/extension/messages/answers.ts';
import type {
  ChangesPageData,
  ComparedRow,
  GraphPageData,
  VersionPageData,
} from '../../src/extension/messages/page-data.ts';
import { comparedRows } from '../../src/extension/pages/comparison-data.ts';
import { snippetsOf } from '../../src/extension/pages/version-handlers.ts';
import type { CodeBetween } from '../../src/lineage/code-history.ts';
import { frozenGroups } from '../../src/modelfiles/tensors/frozen-groups.ts';
import type { TensorDifference } from '../../src/modelfiles/tensors/tensor-difference.ts';
import type { MetricCourses } from '../../src/registry/api/facts.ts';
import type { GraphNode } from '../../src/registry/api/impact.ts';
import type { MetricTrend } from '../../src/registry/api/listing.ts';
import { type Cells, metricRowsOf, rowsOf } from '../../src/registry/queries/compared-rows.ts';
import { inputNodes } from '../../src/registry/queries/graph.ts';

/** What the page gets beside the version itself, for one with nothing to compare with. */
export function barePage(version: VersionDetails): VersionPageData {
  return { version, loading: snippetsOf(version), stages: ['staging', 'production'] };
}

const ada: Author = { name: 'Ada Lovelace', email: 'ada@example.org' };
const grace: Author = { name: 'Grace Hopper', email: 'grace@example.org' };

/** The ULID of the version with this number, in these examples. */
export function idOf(number: number): string {
  return `01JD${String(number).padStart(22, '0')}`;
}

/** Content of its own for each thing that has one. */
export function digestOf(what: string): string {
  return sha256Hex(what);
}

/** A version as a team's registry has it. */
export function versionSummary(number: number, changes: Partial<VersionSummary> = {}): VersionSummary {
  return {
    model: 'fraud-detector',
    modelId: '01JC0000000000000000000001',
    id: idOf(number),
    number,
    stage: 'candidate',
    stageSince: '2026-11-20T09:14:00.000Z',
    stageBy: ada,
    createdAt: '2026-11-20T09:14:00.000Z',
    createdBy: ada,
    via: 'cli',
    description: 'Gradient boosting on the October snapshot, with the merchant graph features.',
    tags: { team: 'payments', 'data.snapshot': '2026-10' },
    aliases: ['challenger'],
    metrics: {
      test_auc: 0.9412345,
      val_auc: 0.9388,
      'train.loss': 0.1831,
      'train.auc': 0.97221,
      precision: 0.812,
      recall: 0.7044,
      latency_p99_ms: 18.25,
      rows: 120_412,
      'country.DE.auc': 0.9401,
      'country.DE.recall': 0.71,
      'country.FR.auc': 0.9333,
      'country.FR.recall': 0.6912,
      'country.BR.auc': 0.8921,
    },
    params: { learning_rate: '0.05', max_depth: '8', n_estimators: '1200', objective: 'binary:logistic', seed: '42' },
    artifact: { digest: digestOf(`artifact ${number}`), sizeBytes: 13_002_342, fileCount: 3 },
    pending: false,
    ...changes,
  };
}

/** What came before: it ends in the stage that the version has. */
function transitionsTo(stage: string, number: number): VersionDetails['transitions'] {
  const moved = (seq: number, day: number, by: Author) => ({
    ...{ seq, by, at: `2026-11-${day}T12:00:00.000Z`, askedAt: `2026-11-${day}T11:59:58.000Z` },
    ...{ isOverride: false, displaced: [] },
  });
  const staged: VersionDetails['transitions'] = [
    {
      ...moved(7, 20, ada),
      ...{ from: 'candidate', to: 'staging', kind: 'promote', reason: 'Better on every slice.' },
    },
  ];
  const promoted: VersionDetails['transitions'] = [
    ...staged,
    {
      ...moved(9, 21, grace),
      ...{ from: 'staging', to: 'production', kind: 'promote', isOverride: true },
      reason: 'Shadow traffic agreed for 24 hours.\nSigned off by risk.',
      displaced: number > 1 ? [number - 1] : [],
    },
  ];
  const reason = 'Twice as many complaints since this morning.';
  switch (stage) {
    case 'staging':
      return staged;
    case 'production':
      return promoted;
    case 'archived':
      return [...promoted, { ...moved(12, 22, ada), from: 'production', to: stage, kind: 'archive', reason }];
    default:
      return [...promoted, { ...moved(12, 22, ada), from: 'production', to: stage, kind: 'demote', reason }];
  }
}

export function versionDetails(number = 2, changes: Partial<VersionDetails> = {}): VersionDetails {
  const { transitions = transitionsTo(changes.stage ?? 'candidate', number) } = changes;
  const last = transitions.at(-1);
  return {
    ...versionSummary(number, last ? { stage: last.to, stageSince: last.at, stageBy: last.by } : {}),
    files: [
      { path: 'model.ubj', sizeBytes: 12_934_144, sha256: digestOf(`model.ubj ${number}`), isExecutable: false },
      {
        path: 'preprocessing/encoder.joblib',
        sizeBytes: 65_412,
        sha256: digestOf('encoder.joblib'),
        isExecutable: false,
      },
      { path: 'serve.sh', sizeBytes: 2_786, sha256: digestOf('serve.sh'), isExecutable: true },
    ],
    lineage: {
      code: {
        commit: '4be1c0a9f3d2e1b0a9c8d7e6f5a4b3c2d1e0f9a8',
        branch: 'feature/merchant-graph',
        isDirty: true,
        remote: 'https://github.com/example/fraud',
        capturedAt: 'start',
        repository: 'fraud',
        submodules: [{ path: 'vendor/features', commit: '9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b', isDirty: true }],
      },
      data: [
        { path: 'data/transactions-2026-10.parquet', sha256: digestOf('transactions'), sizeBytes: 1_204_000_331 },
        { path: 'data/merchants.csv', sizeBytes: 88_120 },
        {
          path: 'data/labels',
          kind: 'dvc',
          hash: 'md5:3b0332e02daabf31651a5a0d81ba830a.dir',
          fileCount: 12,
          rows: 4_000,
        },
        { path: 'hf://datasets/example/fraud', kind: 'huggingface', revision: 'a'.repeat(40) },
      ],
      run: {
        id: '7f3e2a',
        name: 'calm-otter-12',
        tracker: 'mlflow',
        command: 'python train.py --config configs/graph.yaml --seed 42',
        startedAt: '2026-11-20T08:02:00.000Z',
        endedAt: '2026-11-20T09:14:00.000Z',
        exitCode: 0,
        folder: 'training',
        seenAs: 'terminal',
        othersCount: 2,
        notebook: { path: 'notebooks/train.ipynb', cells: digestOf('cells'), cellCount: 14 },
      },
      evaluations: [
        evaluation('holdout-2026-10', { auc: 0.9377, brier: 0.0612 }),
        evaluation('holdout-2026-10', { auc: 0.91, brier: 0.07 }, 'age=18-30'),
        evaluation('holdout-2026-10', { auc: 0.945 }, 'age=31-60'),
      ],
      dependencies: Array.from({ length: 40 }, (_, index) => ({
        name: ['numpy', 'pandas', 'xgboost', 'scikit-learn'][index] ?? `package-${index}`,
        version: `${index}.4.1`,
        ...(index === 3 ? { source: { isEditable: true, commit: '4be1c0a9f3d2e1b0a9c8d7e6f5a4b3c2d1e0f9a8' } } : {}),
      })),
      environment: { digest: digestOf('packages'), python: '3.12.4', foundBy: 'command' },
      locks: [{ path: 'uv.lock', sha256: digestOf('uv.lock') }],
      machine: {
        os: 'Ubuntu 22.04.4 LTS',
        architecture: 'x64',
        cpu: 'AMD EPYC 7763 64-Core Processor',
        cpuCount: 16,
        memoryBytes: 64 * 1024 ** 3,
        gpus: ['NVIDIA A100-SXM4-80GB', 'NVIDIA A100-SXM4-80GB'],
        gpuDriver: '550.54.15',
        cuda: '12.4.1',
      },
      missing: [{ what: 'data[data/merchants.csv]', why: 'it was recorded without a digest' }],
      baseModel: { name: 'fraud-base', versionId: idOf(9), number: 4 },
    },
    reviews: [],
    transitions,
    notes: [{ id: '01JE1', text: 'Trained twice, same bytes.', by: ada, at: '2026-11-20T10:00:00.000Z' }],
    comments: [
      { id: '01JE2', text: 'Brazil is below the others. Fine for now?', by: grace, at: '2026-11-20T13:00:00.000Z' },
      { id: '01JE3', text: 'Yes: 2 % of volume, and the old one was worse.', by: ada, at: '2026-11-20T13:12:00.000Z' },
    ],
    sameArtifact: [{ model: 'fraud-detector-eu', number: 7 }],
    sameWeights: [],
    hasHistory: false,
    ...changes,
  };
}

function evaluation(dataset: string, metrics: Readonly<Record<string, number>>, slice?: string) {
  return { at: '2026-11-20T15:00:00.000Z', by: grace, dataset, metrics, ...(slice === undefined ? {} : { slice }) };
}

/** What version 1 measured. */
export const metricsBefore: Readonly<Record<string, number>> = {
  test_auc: 0.9291,
  val_auc: 0.9388,
  'train.loss': 0.201,
  'train.auc': 0.9802,
  precision: 0.8201,
  latency_p99_ms: 15,
  rows: 110_000,
  'country.DE.auc': 0.93,
  'country.FR.auc': 0.94,
};

/** Version 2, with version 1 in production, or there before it. */
export function versionPage(version = versionDetails()): VersionPageData {
  return {
    version,
    loading: snippetsOf(version),
    stages: ['staging', 'production'],
    baseline: {
      kind: version.stage === 'production' ? 'previous' : 'production',
      versionId: idOf(1),
      number: 1,
      metrics: metricsBefore,
    },
  };
}

/** A version with nothing recorded but its files. */
export function bareVersion(): VersionDetails {
  return versionDetails(3, {
    description: '',
    tags: {},
    aliases: [],
    metrics: {},
    params: {},
    transitions: [],
    notes: [],
    comments: [],
    sameArtifact: [],
    lineage: { data: [], evaluations: [], dependencies: [], locks: [], missing: [] },
  });
}

export const markup = '<img src=x onerror="globalThis.injected=1"><script>globalThis.injected=1</script>';
export const longName = `models/${'very-long-name-without-a-break_'.repeat(10)}`.slice(0, 300);
export const arabicWords = 'نموذج كشف الاحتيال في بطاقات الدفع ';

/** Whatever people and files can put into a log, in every place that takes text. */
export function hostileVersion(): VersionDetails {
  const author: Author = { name: markup, email: `${markup}@example.org` };
  const base = versionDetails(2);
  return {
    ...base,
    model: longName,
    createdBy: author,
    stage: markup,
    description: `${markup}\n\${7*7} {{7*7}} ${'\u202e'}reversed`,
    aliases: [markup, longName],
    tags: { [markup]: markup, __proto__: 'x', constructor: 'y' },
    metrics: {
      [markup]: 1,
      [longName]: 0.123456789,
      [arabicWords.repeat(7).trim()]: 0.25,
      constructor: 2,
      'a.b=<b>.auc': 'NaN',
      [`${longName}.x.auc`]: 'Infinity',
    },
    params: { [markup]: markup, [longName]: longName },
    files: [{ path: `${longName}/${markup}`, sizeBytes: 1, sha256: digestOf('hostile'), isExecutable: true }],
    artifact: { ...base.artifact, sizeBytes: 1, fileCount: 1 },
    lineage: {
      ...base.lineage,
      code: {
        commit: markup,
        branch: markup,
        isDirty: true,
        remote: 'javascript:globalThis.injected=1',
        capturedAt: 'end',
      },
      run: { id: markup, name: longName, url: 'javascript:globalThis.injected=1//https://x', command: markup },
      data: [{ path: longName, sha256: markup }],
      baseModel: { name: markup },
      dependencies: [{ name: markup, version: longName, source: { url: markup, folder: markup } }],
      locks: [{ path: markup, sha256: markup }],
      machine: { os: markup, cpu: longName, gpus: [markup], gpuDriver: markup, cuda: markup },
      missing: [{ what: markup, why: longName }],
    },
    stageBy: author,
    stageSince: 'not a time',
    transitions: base.transitions.map((transition, place, { length }) => ({
      ...{ ...transition, by: author, reason: markup, at: 'not a time' },
      ...(place === length - 1 ? { to: markup } : {}),
    })),
    notes: [{ id: '1', text: markup, by: author, at: markup }],
    comments: [{ id: '2', text: longName, by: author, at: '' }],
    sameArtifact: [{ model: markup, number: 1 }],
  };
}

/** Courses of metrics: falling, rising, flat, broken, and with a hostile name. */
export function courses(): MetricCourses {
  const points = (of: (step: number) => MetricValue) =>
    Array.from({ length: 60 }, (_, step) => [step * 10, of(step)] as const);
  const course = (of: (step: number) => MetricValue) => ({ points: points(of), total: 600 });
  return {
    'train/loss': course((step) => 2.4 * 0.94 ** step + 0.05 * Math.sin(step)),
    'eval/auc': course((step) => 0.95 - 0.4 * 0.9 ** step),
    learning_rate: course(() => 0.0001),
    grad_norm: course((step) => (step === 30 ? 'NaN' : 1 + Math.sin(step / 3))),
    [markup]: course((step) => step),
  };
}

/** What became of 100,000 tensors: something of each kind, the first third of the layers and the embeddings as they were, and the rest changed. */
export function comparedTensors(count = 100_000): readonly TensorDifference[] {
  const form = { dtype: 'float32', shape: [768, 768] };
  return Array.from({ length: count }, (_, index): TensorDifference => {
    const name = `encoder.layer.${index}.attention.output.dense.weight`;
    if (index === 0) return { name: 'head.weight', kind: 'added', after: form };
    if (index === 1) return { name: 'pooler.weight', kind: 'removed', before: form };
    if (index === 2)
      return { name, kind: 'retyped', before: form, after: { ...form, dtype: 'bfloat16' }, change: 0.0016 };
    if (index === 3) return { name, kind: 'reshaped', before: form, after: { ...form, shape: [768, 1024] } };
    if (index === 4) return { name, kind: 'changed', before: form, after: form, change: 'Infinity', notFinite: 3 };
    if (index === 5) return { name, kind: 'unknown', before: form, after: form };
    if (index < 10) return { name, kind: 'changed', before: form, after: form, change: 1 / index };
    if (index < 15) return { name: `embeddings.${index - 10}.weight`, kind: 'identical', before: form, after: form };
    if (index < count / 3) return { name, kind: 'identical', before: form, after: form };
    return { name, kind: 'changed', before: form, after: form, change: 1 / index };
  });
}

/** What is said above their table. */
export function tensorComparison(count = 100_000): TensorComparisonPageData {
  const tensors = comparedTensors(count);
  const counts = { changed: 0, retyped: 0, reshaped: 0, added: 0, removed: 0, unknown: 0, identical: 0 };
  for (const { kind } of tensors) counts[kind] += 1;
  const unknown = tensors.filter(({ kind }) => kind === 'unknown');
  return {
    counts,
    frozen: frozenGroups(tensors),
    problems: unknown.map(({ name }) => `${name} couldn’t be compared: the file ends before its last tensor does`),
  };
}

/** What changed from version 1 to version 2, with something of everything. */
export function changes(overrides: Partial<ChangesPageData> = {}): ChangesPageData {
  const {
    before = versionSummary(1, { stage: 'archived', metrics: { test_auc: 0.9412, loss: 0.2, rows: 5 } }),
    after = versionSummary(2, {
      stage: 'production',
      metrics: { test_auc: 0.9301, loss: 0.19, rows: 5 },
      params: { ...versionSummary(2).params, learning_rate: '0.1' },
    }),
  } = overrides;
  const code = (commit: string) =>
    ({ commit: commit.repeat(40), branch: 'main', isDirty: false, capturedAt: 'start' }) as const;
  return {
    before,
    after,
    why: 'in-production-before',
    code: { before: code('a'), after: code('b') },
    data: [
      {
        path: 'data/train.csv',
        kind: 'changed',
        before: { path: 'data/train.csv', sha256: digestOf('train.csv'), sizeBytes: 120_000 },
        after: { path: 'data/train.csv', sha256: digestOf('train.csv of May'), sizeBytes: 240_000 },
      },
      {
        path: 'data/merchants.parquet',
        kind: 'added',
        after: { path: 'data/merchants.parquet', sha256: digestOf('merchants.parquet'), sizeBytes: 9_000_000 },
      },
    ],
    hasData: [true, true],
    packages: [
      { name: 'numpy', kind: 'upgraded', before: '1.26.4', after: '2.0.0' },
      { name: 'pandas', kind: 'downgraded', before: '2.2.3', after: '2.1.0' },
      { name: 'polars', kind: 'added', after: '1.9.0' },
    ],
    hasPackages: [true, true],
    params: recordedRows([before.params, after.params]).filter(({ isDifferent }) => isDifferent),
    metrics: metricRows([before.metrics, after.metrics]),
    environment: [{ name: 'python', values: ['3.11.4', '3.12.1'], isDifferent: true }],
    recordedOfOne: [],
    facts: [{ name: 'parameters', values: [6, 8], isDifferent: true }],
    weights: 'different',
    ...overrides,
  };
}

/** The first version was registered without its code, packages, environment and run. */
export function changesWithUnrecorded(): ChangesPageData {
  const { code, ...all } = changes();
  return {
    ...all,
    code: code.after ? { after: code.after } : {},
    ...{ packages: [], hasPackages: [false, true], environment: [] },
    recordedOfOne: ['command', 'machine', 'python'].map((name) => ({ name, isThere: [false, true] as const })),
  };
}

/** What each of them measured, as the registry puts it side by side. */
export function metricRows(columns: readonly Cells[]): readonly ComparedRow[] {
  return comparedRows(metricRowsOf(columns));
}

/** What each of them has under which name; where one has nothing at all, nothing was recorded of it. */
export function recordedRows(columns: readonly Cells[]): readonly ComparedRow[] {
  return comparedRows(rowsOf(columns, (_, column) => Object.keys(columns[column] ?? {}).length > 0));
}

/** What git tells of that. */
export function codeBetween(overrides: Partial<CodeBetween> = {}): CodeBetween {
  const commits = ['Weigh fraud four times', 'Read merchants <b>once</b>', 'Fix the split'].map((subject, index) => ({
    commit: `${index}${'b'.repeat(39)}`,
    author: index === 1 ? 'Grace Hopper' : 'Ada Lovelace',
    at: '2026-11-19T09:14:00.000Z',
    subject,
  }));
  return {
    repository: '/home/ada/fraud',
    added: { commits, count: 3 },
    removed: { commits: [], count: 0 },
    files: [
      { path: 'features.py', kind: 'added', addedLines: 20, removedLines: 0 },
      { path: 'src/split.py', kind: 'moved', from: 'split.py', addedLines: 1, removedLines: 2 },
      { path: 'train.py', kind: 'changed', addedLines: 3, removedLines: 1 },
      { path: 'docs/plot.png', kind: 'removed', isBinary: true },
    ],
    fileCount: 4,
    missing: [],
    ...overrides,
  };
}

/** A version with what made it, a version that descends from it, and more that aren't shown. */
export function graphPage(overrides: Partial<GraphPageData['graph']> = {}): GraphPageData {
  const inputs = inputNodes({
    code: { commit: '4be1c0a9f3d0e1b0a9c8d7e6f5a4b3c2d1e0f9a8', branch: 'main', isDirty: false, capturedAt: 'start' },
    data: [{ path: 'data/train.csv', sha256: digestOf('train.csv') }],
    environment: { digest: digestOf('packages'), python: '3.12.4' },
    dependencies: Array.from({ length: 61 }, (_, index) => ({ name: `package-${index}`, version: '1.0.0' })),
    ...{ evaluations: [], locks: [], missing: [] },
  });
  const nodes: GraphNode[] = [
    { id: idOf(2), kind: 'version', label: 'fraud-detector@2', stage: 'staging', of: `version:${idOf(2)}` },
    ...inputs,
    { id: idOf(1), kind: 'version', label: 'fraud-detector@1', stage: 'archived', of: `version:${idOf(1)}` },
    { id: 'base', kind: 'base', label: 'google/tabular-base', of: 'base:google/tabular-base' },
    { id: idOf(3), kind: 'version', label: 'fraud-tiny@1', stage: 'production', of: `version:${idOf(3)}` },
    { id: 'more', kind: 'more', label: '1 more', detail: 'version' },
  ];
  const into = (to: string, ...from: readonly string[]) => from.map((id) => ({ from: id, to }));
  return {
    graph: {
      subject: idOf(2),
      nodes,
      edges: [
        ...into(idOf(2), ...inputs.map(({ id }) => id), idOf(1)),
        ...into(idOf(1), 'base'),
        ...into(idOf(3), idOf(2)),
        ...into('more', idOf(2)),
      ],
      ...overrides,
    },
    impact: {
      subject: { kind: 'version', name: 'fraud-detector@2', version: versionSummary(2, { stage: 'staging' }) },
      total: 3,
      stages: [
        { stage: 'production', count: 1 },
        { stage: 'candidate', count: 2 },
      ],
      items: [
        { version: versionSummary(3, { model: 'fraud-tiny', number: 1, stage: 'production' }), isDirect: true },
        { version: versionSummary(4), isDirect: true },
        { version: versionSummary(5), isDirect: false, through: 'fraud-tiny@1' },
      ],
    },
  };
}

/** The metrics of version 2 among those of 40 versions, after that of version 1. */
export function trends(): readonly MetricTrend[] {
  const { metrics } = versionSummary(2);
  const trend = (name: string, later: (number: number) => number): MetricTrend => {
    const own = Number(metrics[name]);
    const points = Array.from({ length: 38 }, (_, index) => [index + 3, later(index + 3)] as const);
    return { name, points: [[1, metricsBefore[name] ?? own], [2, own], ...points] };
  };
  return [
    trend('test_auc', (number) => 0.96 - 0.02 * 0.9 ** number),
    trend('train.loss', (number) => 0.19 * 0.98 ** number),
    trend('rows', () => 120_412),
    { name: 'recall', points: [[2, 0.7044]] },
  ];
}

/** A card with everything that Markdown has, and everything that a page mustn't do with it. */
export const hostileCard = [
  '---\nlicense: mit\ntags: [<script>]\n---',
  '# Fraud detector <b>bold</b>',
  'Finds *fraud* in **card payments**, see [the paper](https://example.org/paper) and `code`. R&amp;D &#39;24.',
  markup,
  '[run](command:workbench.action.terminal.new) [js](javascript:globalThis.injected=1) [data](data:text/html,x) [file](file:///etc/passwd)',
  '![remote](https://example.org/pixel.png) ![curve](plots/curve.png) [weights](model.ubj)',
  '| metric | value |\n|---|--:|\n| auc | 0.94 |',
  '- one\n  - two\n- [x] done',
  '> quoted',
  '```python\nprint("<script>")\n```',
  '#### Deep heading',
  '<!-- a comment -->',
].join('\n\n');
