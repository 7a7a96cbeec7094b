import type { EvaluationEntry } from '../../src/catalog/read-models/evaluations.ts';
import type { Lineage } from '../../src/catalog/read-models/lineage.ts';
import type { ComparedRow, ComparisonPageData } from '../../src/extension/messages/page-data.ts';
import { comparisonPageOf } from '../../src/extension/pages/comparison-data.ts';
import { type Compared, sideBySide } from '../../src/registry/queries/side-by-side.ts';
import { digestOf, versionDetails, versionSummary } from './examples.ts';

/** `count` versions as the registry puts them side by side, the third one in production. */
export function comparison(count = 3): ComparisonPageData {
  return comparisonPageOf(sideBySide(comparedVersions(count)));
}

/** What is known of them. */
export function comparedVersions(count: number): Compared {
  const columns = Array.from({ length: count }, (_, index) => index);
  return {
    versions: columns.map((index) =>
      versionSummary(index + 1, {
        stage: index === 2 ? 'production' : index === 1 ? 'staging' : 'candidate',
        tags: { team: 'payments' },
        metrics: {
          test_auc: 0.91 + index / 100,
          'train.loss': 0.3 - index / 50,
          rows: 110_000 + index * 1000,
          latency_p99_ms: 18.25,
          ...(index === 0 ? {} : { val_auc: 0.9388 }),
          divergence: index === 1 ? 'NaN' : 1.5,
        },
        params: {
          seed: '42',
          learning_rate: index === 1 ? '0.1' : '0.05',
          max_depth: '8',
          features: `amount, merchant, country, hour, ${'device, '.repeat(20)}${index}`,
        },
      }),
    ),
    lineages: columns.map(lineageAt),
    files: columns.map((index) => versionDetails(index + 1).files),
    hasHistory: columns.map(() => false),
  };
}

function lineageAt(index: number): Lineage {
  return {
    code: {
      commit: `4be1c0a9f3d${index}e1b0a9c8d7e6f5a4b3c2d1e0f9a8`,
      branch: 'main',
      isDirty: index === 0,
      capturedAt: 'start',
    },
    data: [
      { path: 'data/train.csv', sha256: digestOf(index === 1 ? 'train.csv of May' : 'train.csv'), rows: 4000 },
      { path: 'data/labels', kind: 'dvc', hash: 'md5:3b0332e02daabf31651a5a0d81ba830a' },
    ],
    evaluations: index === 0 ? [] : evaluationsAt(index),
    dependencies: [
      { name: 'numpy', version: `2.${index}.0` },
      { name: 'pandas', version: '2.3.1' },
      ...(index === 1 ? [{ name: 'polars', version: '1.9.0' }] : []),
    ],
    environment: { digest: digestOf(`packages ${index}`), python: index === 0 ? '3.11.4' : '3.12.1' },
    locks: [],
    machine: { cuda: '12.4.1' },
    missing: [],
  };
}

function evaluationsAt(index: number): readonly EvaluationEntry[] {
  const about = {
    ...{ at: '2026-11-20T15:00:00.000Z', by: { name: 'Grace Hopper', email: 'grace@example.org' } },
    ...{ dataset: 'holdout-2026-10', datasetSha256: digestOf('holdout-2026-10') },
  };
  return [
    { ...about, metrics: { auc: 0.93 + index / 200 } },
    ...['DE', 'FR', 'BR'].map((country, place) => ({
      ...{ ...about, slice: `country=${country}` },
      metrics: { auc: 0.93 - place / 50 + (place - 1) * index * 0.01 },
    })),
  ];
}

/** The first of two or more versions was registered without packages, environment and run; the others have the same ones. */
export function comparisonWithUnrecorded(count: number): ComparisonPageData {
  const compared = comparedVersions(count);
  const run = { command: 'python train.py --epochs 5' };
  const dependencies = Array.from({ length: 26 }, (_, index) => ({
    name: `package-${index}`,
    version: `${index}.1.0`,
  }));
  const environment = { digest: digestOf('packages'), python: '3.11.2' };
  const page = comparisonPageOf(
    sideBySide({
      ...compared,
      versions: compared.versions.map((version) => ({ ...version, params: {} })),
      lineages: compared.lineages.map(({ environment: _, ...lineage }, index) => ({
        ...{ ...lineage, evaluations: [] },
        ...(index === 0 ? { dependencies: [] } : { run, dependencies, environment }),
      })),
    }),
  );
  return { ...page, metrics: page.metrics.slice(0, 2) };
}

/** Those rows, as if of the version of a column nothing had been recorded. */
export function partlyKnown(rows: readonly ComparedRow[], unknown: number): readonly ComparedRow[] {
  return rows.map((row) => {
    const isKnown = row.values.map((_, column) => column !== unknown);
    const known = new Set(row.values.filter((_, column) => isKnown[column]));
    return {
      ...row,
      values: row.values.map((value, column) => (column === unknown ? null : value)),
      isKnown,
      isDifferent: known.size > 1,
    };
  });
}
