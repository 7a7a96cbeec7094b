import { join } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { canMeasureMemory } from '../base/process-memory.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import { DEFAULT_TIME_LIMIT_SECONDS, type DeclaredGate } from '../project/gates-schema.ts';
import { splitCommand } from '../project/split-command.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { lineSplitter } from './activity.ts';
import { bytesOf, judgeBenchmark, measureCommand } from './benchmark.ts';
import { type CommandGuard, withGuard } from './command-guard.ts';
import { type CommandEnd, runCommand } from './run-command.ts';
import { failed, notEvaluated, passed, type Verdict } from './verdict.ts';

/** What a gate found by running its command. */
export interface RanGate {
  readonly verdict: Verdict;
  readonly exitCode?: number | null;
  /** The JSON that the command printed. */
  readonly output?: unknown;
}

export interface GateSetting {
  readonly registry: RegistryCalls;
  /** The folder of the project file. */
  readonly root: string;
  readonly version: VersionSummary;
  readonly stage: string;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/**
 * Runs the command of a gate, or its benchmark, in the folder of the project file, with the files of the version restored into a folder of
 * its own. What is particular to a version is told by environment variables only. Throws `OPERATION_CANCELLED`, and what `pull` throws.
 */
export async function runGate(gate: DeclaredGate, setting: GateSetting): Promise<RanGate> {
  const { 'time-limit': seconds = DEFAULT_TIME_LIMIT_SECONDS, 'max-memory': maxMemory } = gate;
  const memoryLimitBytes = bytesOf(gate['memory-limit']);
  if (!canMeasureMemory() && (memoryLimitBytes ?? maxMemory) !== undefined)
    return { verdict: notEvaluated('the memory of processes can’t be measured on this system') };
  const command = gate.command ?? gate.benchmark ?? [];
  const words = typeof command === 'string' ? splitCommand(command) : command;
  return withFiles(setting, async (env, guard) => {
    const run = async (timeLimitMs: number): Promise<CommandEnd> => {
      const lines = lineSplitter(setting.onLine);
      const end = await runCommand({
        words,
        cwd: setting.root,
        env,
        timeLimitMs,
        memoryLimitBytes,
        measuresMemory: maxMemory !== undefined,
        signal: setting.signal,
        guard,
        onOutput: lines.add,
      });
      lines.end();
      throwIfCancelled(setting.signal);
      return end;
    };
    if (gate.benchmark !== undefined)
      return { verdict: judgeBenchmark(gate, await measureCommand(gate, seconds * 1000, run)) };
    const { exitCode, problem, output } = await run(seconds * 1000);
    const measured = exitCode === null ? 'no exit code' : `exit code ${exitCode}`;
    const verdict = problem === undefined ? passed(measured) : failed(measured, problem);
    return { verdict, exitCode, ...(output === undefined ? {} : { output }) };
  });
}

/** Restores the files of the version for as long as `use` takes, and says where in the variables that commands get. */
async function withFiles<T>(
  { registry, version, stage, signal }: GateSetting,
  use: (env: Readonly<Record<string, string>>, guard: CommandGuard) => Promise<T>,
): Promise<T> {
  return withGuard('gate', async (guard, folder) => {
    const files = join(folder, 'files');
    throwIfCancelled(signal);
    await registry.pull({ ref: version.id, to: files }, { signal });
    const env = {
      MODEL_REGISTRY_MODEL: version.model,
      MODEL_REGISTRY_VERSION: String(version.number),
      MODEL_REGISTRY_DIGEST: version.artifact.digest,
      MODEL_REGISTRY_STAGE: stage,
      MODEL_REGISTRY_PATH: files,
    };
    return use(env, guard);
  });
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new RegistryError('OPERATION_CANCELLED', 'The gates were cancelled. Nothing was recorded.');
}
