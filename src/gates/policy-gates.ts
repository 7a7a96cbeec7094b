import { type DeclaredDirections, metricDirection } from '../base/metrics.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import type { Declared } from './evaluate-gates.ts';
import { gateName } from './gate-name.ts';

/** A gate as policies have it. */
type PolicyGate =
  | {
      readonly metric: string;
      readonly min?: number;
      readonly max?: number;
      readonly vs?: string;
      readonly maxDrop?: number;
    }
  | { readonly approvals: number };

export interface PolicyGates {
  /** By stage: what the log itself can judge. */
  readonly gates: Readonly<Record<string, readonly PolicyGate[]>>;
  /** Names of those that whoever promotes has to evaluate. */
  readonly left: readonly { readonly stage: string; readonly gate: string; readonly why: string }[];
}

/**
 * What of the declared gates every reader of the log can enforce: bounds of a version's own metrics, how much worse a metric may be where
 * higher is better, and approvals.
 */
export function policyGatesOf({ gates = {}, directions }: Declared): PolicyGates {
  const taken: [string, PolicyGate[]][] = [];
  const left: PolicyGates['left'][number][] = [];
  for (const [stage, list] of Object.entries(gates)) {
    const ofStage: PolicyGate[] = [];
    for (const gate of list) {
      const found = policyGateOf(gate, directions);
      if (typeof found === 'string') left.push({ stage, gate: gateName(gate), why: found });
      else ofStage.push(found);
    }
    if (ofStage.length > 0) taken.push([stage, ofStage]);
  }
  return { gates: Object.fromEntries(taken), left };
}

/** Or why the log can't judge it. */
function policyGateOf(gate: DeclaredGate, directions: DeclaredDirections | undefined): PolicyGate | string {
  const { metric, min, max, vs, approvals } = gate;
  if (approvals !== undefined) return { approvals };
  if (metric === undefined) return 'the log knows nothing of it';
  const isElsewhere = [gate.dataset, gate.slice, gate['worst-of'], gate['gap-of']].some((part) => part !== undefined);
  if (isElsewhere || gate['by-interval']) return 'policies know a version’s own metrics only';
  if (gate['min-gain'] !== undefined) return 'policies know no min-gain';
  const bounds = { metric, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const drop = gate['max-drop'];
  if (drop === undefined || vs === undefined) return bounds;
  if (typeof drop !== 'number') return 'policies know no percentages';
  if (metricDirection(metric, directions) !== 'higher') return 'policies compare only where higher is better';
  return { ...bounds, vs, maxDrop: drop };
}
