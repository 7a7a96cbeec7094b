import type { VersionDetails } from '../../src/catalog/read-models/versions.ts';
import type { ReviewApproval, ReviewGate, VersionGates } from '../../src/extension/messages/review.ts';
import { shownVerdict } from '../../src/extension/pages/review-data.ts';
import { checkGate } from '../../src/gates/check-gate.ts';
import { gateName, isOfCommand, requiredOf, titleOf } from '../../src/gates/gate-name.ts';
import { isWaiting } from '../../src/gates/of-people.ts';
import type { GateSubject } from '../../src/gates/verdict.ts';
import { checkApprovals } from '../../src/gates/version-gates.ts';
import type { DeclaredGate } from '../../src/project/gates-schema.ts';
import { gateText } from '../../src/registry/policy-lines.ts';
import type { Compared } from '../../src/registry/queries/side-by-side.ts';
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
  /** The other version in production, if any; version 1 unless it is said. */
  readonly rival?: VersionDetails | undefined;
  readonly approvals?: readonly ReviewApproval[];
  readonly gates?: readonly DeclaredGate[];
  /** Whether the policy wants approvals beside them. */
  readonly asksPeople?: boolean;
}

/** What the rules say of these gates and this version; of the policy, which asks for two approvals beside them, too. */
export function gatesOf(version: VersionDetails, asked: Asked = {}): readonly ReviewGate[] {
  const { approvals = [], gates = declared, asksPeople = true } = asked;
  const rival = 'rival' in asked ? asked.rival : versionOne(version);
  const context = { candidate: subjectOf(version), rival: rival && subjectOf(rival), votes: approvals };
  const own = gates.map((declaredGate): ReviewGate => {
    const { details: _, ...verdict } = checkGate(declaredGate, context);
    const isCommand = isOfCommand(declaredGate);
    return {
      ...{ gate: gateName(declaredGate), title: titleOf(declaredGate), source: 'project', outcome: verdict.outcome },
      ...shownVerdict({ required: requiredOf(declaredGate), ...verdict }, isCommand),
      ...{ isCommand, isWaiting: false, hasEvidence: verdict.outcome !== 'not-evaluated' },
    };
  });
  if (!asksPeople) return own;
  const { outcome, why } = checkApprovals({ approvals: APPROVALS }, approvals);
  const result = { title: 'policy', required: gateText({ approvals: APPROVALS }), outcome, source: 'policy' } as const;
  const ofPolicy = gate(result.required, {
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
export function comparedGates({ versions, lineages }: Compared, versionId: string | undefined): VersionGates {
  const all = versions.map((summary, column) => {
    const { number } = summary;
    return versionDetails(number, { ...summary, ...(lineages[column] ? { lineage: lineages[column] } : {}) });
  });
  const version = all.find(({ id }) => id === versionId);
  const rival = all.find(({ id, stage }) => stage === 'production' && id !== versionId);
  const gates: readonly DeclaredGate[] = [
    { metric: 'test_auc', min: 0.92 },
    { metric: 'train.loss', 'max-drop': '10 %', vs: 'production' },
    { lineage: ['clean'] },
    { command: 'python validate.py' },
  ];
  return version ? productionGates(version, { gates, rival }) : { stages: [] };
}

/** No gate compares a version with itself. */
function versionOne({ number }: VersionDetails): VersionDetails | undefined {
  return number === 1 ? undefined : versionDetails(1, { stage: 'production', metrics: metricsBefore });
}

function subjectOf({ model, number, metrics, lineage, artifact }: VersionDetails): GateSubject {
  const { evaluations, data, locks, code } = lineage;
  return { label: `${model}@${number}`, metrics, evaluations, sizeBytes: artifact.sizeBytes, code, data, locks };
}
