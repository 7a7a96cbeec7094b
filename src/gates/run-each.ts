import { eachOf } from '../artifacts/each-of.ts';
import type { DeclaredGate } from '../project/gates-schema.ts';
import type { GateStanding } from '../registry/api/gates.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import type { GateActivity } from './activity.ts';
import { gateName, labelOf } from './gate-name.ts';
import { type RanGate, runGate } from './run-gate.ts';

/** Commands at once, unless said. */
const DEFAULT_AT_ONCE = 2;

/** How the commands of gates are to be run. Only for a folder that this person trusts. */
export interface GateRun {
  /** The folder of the project file: commands run there. */
  readonly root: string;
  /** Ends every command under way, with all that it started. */
  readonly signal: AbortSignal;
  readonly onActivity?: ((activity: GateActivity) => void) | undefined;
  /** Also what was run before with the same files, gate and version in the stage. */
  readonly isAgain?: boolean | undefined;
  /** So many commands run at once. */
  readonly atOnce?: number | undefined;
}

/** Runs the commands of gates, in the order of the gates as far as they don't run at once. The first that can't be run ends the others. */
export async function runEach(
  registry: RegistryCalls,
  gates: readonly DeclaredGate[],
  { version, stage }: GateStanding,
  { root, signal, onActivity, atOnce = DEFAULT_AT_ONCE }: GateRun,
): Promise<ReadonlyMap<DeclaredGate, RanGate>> {
  const stopping = new AbortController();
  const setting = { registry, root, version, stage, signal: AbortSignal.any([signal, stopping.signal]) };
  const runOne = async (gate: DeclaredGate): Promise<readonly [DeclaredGate, RanGate]> => {
    const named = { gate: gateName(gate), label: labelOf(gate) };
    onActivity?.({ kind: 'started', ...named });
    try {
      const onLine = (text: string) => onActivity?.({ kind: 'line', ...named, text });
      const ran = await runGate(gate, { ...setting, onLine });
      const { outcome, measured, why } = ran.verdict;
      onActivity?.({ kind: 'ended', ...named, outcome, measured, ...(why === undefined ? {} : { why }) });
      return [gate, ran];
    } catch (error) {
      stopping.abort();
      throw error;
    }
  };
  const commands = gates.filter((gate) => gate.benchmark === undefined);
  const benchmarks = gates.filter((gate) => gate.benchmark !== undefined);
  // What is measured has the machine to itself, as far as that is in our hands.
  return new Map([...(await eachOf(commands, Math.max(1, atOnce), runOne)), ...(await eachOf(benchmarks, 1, runOne))]);
}
