import type { EvaluationEntry } from '../../src/catalog/read-models/evaluations.ts';
import type { ReviewPageData } from '../../src/extension/messages/review.ts';
import { changes, metricsBefore, versionDetails } from './examples.ts';
import { approval } from './gate-examples.ts';

function evaluated(metrics: Readonly<Record<string, number>>, slice?: string): EvaluationEntry {
  const by = { name: 'Grace Hopper', email: 'grace@example.org' };
  return {
    at: '2026-11-20T15:00:00.000Z',
    by,
    dataset: 'holdout-2026-10',
    datasetSha256: 'c'.repeat(64),
    metrics,
    ...(slice === undefined ? {} : { slice }),
    ...(slice === undefined ? { intervals: { auc: { low: 0.9312, high: 0.9441 } } } : {}),
  };
}

/** Version 2 on its way to production, where version 1 is. */
export function reviewPage(more: Partial<ReviewPageData> = {}): ReviewPageData {
  const version = versionDetails(2, {
    // No verdict is recorded of a format that holds nothing but data.
    facts: { format: 'xgboost-ubj', license: 'apache-2.0' },
  });
  const candidate = {
    ...version,
    lineage: {
      ...version.lineage,
      evaluations: [
        evaluated({ auc: 0.9377, brier: 0.0612 }),
        evaluated({ auc: 0.91, brier: 0.07 }, 'country=BR'),
        evaluated({ auc: 0.945, brier: 0.06 }, 'country=DE'),
      ],
    },
  };
  const before = versionDetails(1, {
    stage: 'production',
    metrics: { ...metricsBefore, pr_auc: 0.61 },
    facts: { format: 'sklearn-pickle', danger: 'unknown' },
  });
  const other = {
    ...before,
    files: [
      { path: 'model.ubj', sizeBytes: 11_934_144, sha256: 'e'.repeat(64), isExecutable: false },
      ...(version.files ?? []).slice(1, 2),
    ],
    lineage: {
      ...before.lineage,
      evaluations: [
        evaluated({ auc: 0.9351, brier: 0.0601 }),
        evaluated({ auc: 0.921, brier: 0.07 }, 'country=BR'),
        evaluated({ auc: 0.931, brier: 0.061 }, 'country=DE'),
      ],
    },
  };
  return {
    revision: 1,
    version: candidate,
    stage: 'production',
    otherStages: ['staging'],
    kind: 'promote',
    isExclusive: true,
    other: { version: other, isInStage: true },
    changes: changes({ before: other, after: candidate }),
    approvals: [
      approval('grace@example.org', { comment: 'Looked at the slices. Brazil is lower, which is known.' }),
      approval('ada@example.org', { isAuthor: true }),
    ],
    isAuthor: false,
    isOverrideAllowed: true,
    isTrusted: true,
    ...more,
  };
}
