import type { EvaluationEntry } from '../../src/catalog/read-models/evaluations.ts';
import type { ReviewApproval, ReviewGate, ReviewPageData } from '../../src/extension/messages/review.ts';
import { changes, versionDetails } from './examples.ts';

/** A gate that is passed. */
export function gate(title: string, more: Partial<ReviewGate> = {}): ReviewGate {
  return {
    gate: title,
    title,
    required: 'at least 0.85',
    measured: '0.9412',
    outcome: 'passed',
    source: 'project',
    isCommand: false,
    isWaiting: false,
    hasEvidence: true,
    ...more,
  };
}

/** One that failed, one that hasn't run, one of the policy, and others. */
export function someGates(): readonly ReviewGate[] {
  return [
    gate('test_auc'),
    gate('latency_p99_ms', {
      required: 'at most 15 % worse than production',
      measured: '18.25',
      outcome: 'failed',
      why: 'latency_p99_ms is 3.25 (21.7 %) worse than that of fraud-detector@1, more than 15 %',
    }),
    gate('lineage', { required: 'clean, pushed', measured: 'commit 4be1c0a9f3d2' }),
    gate('command: python validate.py', {
      title: 'command',
      required: 'python validate.py',
      measured: '',
      outcome: 'not-evaluated',
      why: 'it hasn’t run',
      isCommand: true,
      hasEvidence: false,
    }),
    gate('approvals', {
      title: 'policy',
      required: '2 approvals',
      measured: '',
      outcome: 'failed',
      why: '1 of 2 approvals',
      isWaiting: true,
      source: 'policy',
      hasEvidence: false,
    }),
  ];
}

export function approval(person: string, more: Partial<ReviewApproval> = {}): ReviewApproval {
  return {
    person,
    isGiven: true,
    comment: '',
    by: { name: '', email: person },
    at: '2026-11-21T09:30:00.000Z',
    isCounted: true,
    isAuthor: false,
    ...more,
  };
}

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
    metrics: { test_auc: 0.9291, val_auc: 0.9388, latency_p99_ms: 15, precision: 0.8201, pr_auc: 0.61 },
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
    changes: changes(),
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
