import type { GateLink } from '../registry/api/gates.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { type Declared, evaluateGates, type GateReport } from './evaluate-gates.ts';
import type { GateRun } from './run-each.ts';

export interface RecordedReport extends GateReport {
  /** What was recorded. */
  readonly links: readonly GateLink[];
}

/**
 * Evaluates the gates of a stage for a version, runs the commands of those that didn't run yet, and records what all found. When it is
 * cancelled, it throws `OPERATION_CANCELLED`, and nothing is recorded.
 */
export async function runGates(
  registry: RegistryCalls,
  request: { readonly ref: string; readonly stage: string },
  declaredOf: (model: string) => Declared,
  run: GateRun,
): Promise<RecordedReport> {
  const report = await evaluateGates(registry, request, declaredOf, run);
  const { version, stage } = report.standing;
  return { ...report, links: await registry.recordGates({ ref: version.id, stage, found: report.found }) };
}
