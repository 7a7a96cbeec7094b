import { type DeclaredGate, kindOfGate } from '../project/gates-schema.ts';
import { checkMetric, type MetricContext } from './metric-gate.ts';
import { notEvaluated, type Verdict } from './verdict.ts';
import {
  type ApprovalVote,
  checkApprovals,
  checkDanger,
  checkLicence,
  checkLineage,
  checkSignature,
  checkSize,
} from './version-gates.ts';

export interface GateContext extends MetricContext {
  readonly votes: readonly ApprovalVote[];
}

/** What a gate says of a version, by nothing but what was recorded of it. A command has to run. */
export function checkGate(gate: DeclaredGate, context: GateContext): Verdict {
  const { candidate, rival, votes } = context;
  switch (kindOfGate(gate)) {
    case 'metric':
      return checkMetric(gate, context);
    case 'max-size':
      return checkSize(gate, candidate);
    case 'lineage':
      return checkLineage(gate, candidate);
    case 'danger':
      return checkDanger(gate, candidate);
    case 'licence':
      return checkLicence(gate, candidate);
    case 'signature':
      return checkSignature(gate, candidate, rival);
    case 'command':
      return notEvaluated('it hasn’t run');
    case 'approvals':
      return checkApprovals(gate, votes);
  }
}
