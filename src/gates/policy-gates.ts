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
  | { readonly approvals: number; readonly by?: readonly string[] }
  | { readonly recorded: string };

/** By stage. */
export type PolicyGates = Readonly<Record<string, readonly PolicyGate[]>>;

/**
 * The declared gates as every reader of the log can enforce them. Bounds of a version's own metrics, how much worse a metric may be where
 * higher is better, and approvals are judged by the log itself; of any other gate, the log wants the result that somebody recorded.
 */
export function policyGatesOf({ gates = {}, directions }: Declared): PolicyGates {
  const taken = Object.entries(gates).map(([stage, list]) => {
    return [stage, list.map((gate) => judgedByLog(gate, directions) ?? { recorded: gateName(gate) })] as const;
  });
  return Object.fromEntries(taken.filter(([, list]) => list.length > 0));
}

/** Undefined where the log can't judge it. */
function judgedByLog(gate: DeclaredGate, directions: DeclaredDirections | undefined): PolicyGate | undefined {
  const { metric, min, max, vs, approvals } = gate;
  if (approvals !== undefined) return { approvals, ...(gate.of ? { by: gate.of } : {}) };
  const isElsewhere = [gate.dataset, gate.slice, gate['worst-of'], gate['gap-of']].some((part) => part !== undefined);
  if (metric === undefined || isElsewhere || gate['by-interval'] || gate['min-gain'] !== undefined) return undefined;
  const bounds = { metric, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const drop = gate['max-drop'];
  if (drop === undefined || vs === undefined) return bounds;
  const isExact = typeof drop === 'number' && metricDirection(metric, directions) === 'higher';
  return isExact ? { ...bounds, vs, maxDrop: drop } : undefined;
}
