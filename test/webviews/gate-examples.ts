import type { VersionDetails, VersionSummary } from '../../src/catalog/read-models/versions.ts';
import type { ReviewApproval, ReviewGate, VersionGates } from '../../src/extension/messages/review.ts';
import { checkGate } from '../../src/gates/check-gate.ts';
import { gateName, isOfCommand, requiredOf, titleOf } from '../../src/gates/gate-name.ts';
import { isWaiting } from '../../src/gates/of-people.ts';
import type { GateSubject } from '../../src/gates/verdict.ts';
import { checkApprovals } from '../../src/gates/version-gates.ts';
import type { DeclaredGate } from '../../src/project/gates-schema.ts';
import { metricsBefore, versionDetails } from './examples.ts';

/** A gate that is passed. */
export function gate(title: string, more: Partial<ReviewGate> = {}): ReviewGate {
  return {
    gate: title,
    title,
    required: 'at least 0.85',
    measured: '0.9412345',
    outcome: 'passed',
    source: 'project',
    isCommand: false,
    isWaiting: false,
    hasEvidence: true,
    ...more,
  };
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

/** What production asks for: a metric, no slower than what is there, what is known of its code, and a script. */
const declared: readonly DeclaredGate[] = [
  { metric: 'test_auc', min: 0.85 },
  { metric: 'latency_p99_ms', 'max-drop': '15 %', vs: 'production' },
  { lineage: ['lock'] },
  { command: 'python validate.py' },
];
const APPROVALS = 2;

interface Asked {
  /** What is in production. */
  readonly rival?: VersionDetails;
  readonly approvals?: readonly ReviewApproval[];
  readonly gates?: readonly DeclaredGate[];
  /** Whether the policy wants approvals beside them. */
  readonly asksPeople?: boolean;
}

/** What the rules say of these gates and this version; of the policy, which asks for two approvals beside them, too. */
export function gatesOf(
  version: VersionDetails,
  { rival = versionOne(), approvals = [], gates = declared, asksPeople = true }: Asked = {},
): readonly ReviewGate[] {
  const context = { candidate: subjectOf(version), rival: subjectOf(rival), votes: approvals };
  const own = gates.map((asked): ReviewGate => {
    const { details: _, ...verdict } = checkGate(asked, context);
    return {
      ...{ gate: gateName(asked), title: titleOf(asked), required: requiredOf(asked), source: 'project', ...verdict },
      ...{ isCommand: isOfCommand(asked), isWaiting: false, hasEvidence: verdict.outcome !== 'not-evaluated' },
    };
  });
  if (!asksPeople) return own;
  const { outcome, why } = checkApprovals({ approvals: APPROVALS }, approvals);
  const result = { title: 'policy', required: `${APPROVALS} approvals`, outcome, source: 'policy' } as const;
  const ofPolicy = gate('approvals', {
    ...{ ...result, measured: '', hasEvidence: false, isWaiting: isWaiting(result, approvals) },
    ...(why === undefined ? {} : { why }),
  });
  return [...own, ofPolicy];
}

/** Version 2's: one passed, one failed, one hasn't run, one of the policy waits for people. */
export function someGates(): readonly ReviewGate[] {
  return gatesOf(versionDetails(2), { approvals: [approval('grace@example.org')] });
}

/** What its page shows of a version that production asks something of. */
export function productionGates(version: VersionDetails, asked: Asked = {}): VersionGates {
  const kind = version.stage === 'production' ? 'none' : 'promote';
  const { approvals = [] } = asked;
  return { stages: [{ stage: 'production', kind, gates: gatesOf(version, asked), approvals }] };
}

/** What production asks of each of some versions, as the page that compares them asks for it. */
export function comparedGates(versions: readonly VersionSummary[], versionId: string | undefined): VersionGates {
  const [version, rival] = [
    versions.find(({ id }) => id === versionId),
    versions.find(({ stage }) => stage === 'production'),
  ].map((summary) => summary && versionDetails(summary.number, summary));
  const gates: readonly DeclaredGate[] = [
    { metric: 'test_auc', min: 0.92 },
    { metric: 'train.loss', 'max-drop': '10 %', vs: 'production' },
    { lineage: ['clean'] },
    { command: 'python validate.py' },
  ];
  return version ? productionGates(version, { gates, ...(rival ? { rival } : {}) }) : { stages: [] };
}

function versionOne(): VersionDetails {
  return versionDetails(1, { stage: 'production', metrics: metricsBefore });
}

function subjectOf({ model, number, metrics, lineage, artifact }: VersionDetails): GateSubject {
  const { evaluations, data, locks, code } = lineage;
  return { label: `${model}@${number}`, metrics, evaluations, sizeBytes: artifact.sizeBytes, code, data, locks };
}
