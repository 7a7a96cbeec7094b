import { type DeclaredGate, kindOfGate } from '../project/gates-schema.ts';
import { checkBias } from './bias-gate.ts';
import { checkLineage } from './lineage-gate.ts';
import { checkMeasuredOn, type PeerContext } from './measured-on.ts';
import { checkMetric } from './metric-gate.ts';
import { checkSure } from './sure-metric.ts';
import { notEvaluated, type Verdict } from './verdict.ts';
import {
  type ApprovalVote,
  checkApprovals,
  checkDanger,
  checkLicence,
  checkSignature,
  checkSize,
} from './version-gates.ts';

export interface GateContext extends PeerContext {
  readonly votes: readonly ApprovalVote[];
}

/** What a gate says of a version, by nothing but what was recorded of it. A command has to run. */
export function checkGate(gate: DeclaredGate, context: GateContext): Verdict {
  const { candidate, rival, votes } = context;
  switch (kindOfGate(gate)) {
    case 'metric':
      return checkMeasuredOn(
        gate,
        context,
        gate.confidence === undefined ? checkMetric(gate, context) : checkSure(gate, context),
      );
    case 'bias':
      return checkMeasuredOn(gate, context, checkBias(gate, candidate));
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
    case 'benchmark':
      return notEvaluated('it hasn’t run');
    case 'approvals':
      return checkApprovals(gate, votes);
  }
}
