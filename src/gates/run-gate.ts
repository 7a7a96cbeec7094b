import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { DEFAULT_TIME_LIMIT_SECONDS, type DeclaredGate } from '../project/gates-schema.ts';
import { splitCommand } from '../project/split-command.ts';
import type { VersionSummary } from '../registry/api.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { lineSplitter } from './activity.ts';
import { runCommand } from './run-command.ts';
import { failed, passed, type Verdict } from './verdict.ts';

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
 * Runs the command of a gate in the folder of the project file, with the files of the version restored into a folder of its own. What is
 * particular to a version is told by environment variables only. Throws `OPERATION_CANCELLED`, and what `pull` throws.
 */
export async function runGate(gate: DeclaredGate, setting: GateSetting): Promise<RanGate> {
  const { command = '', 'time-limit': seconds = DEFAULT_TIME_LIMIT_SECONDS } = gate;
  const { root, signal, onLine } = setting;
  return withFiles(setting, async (env) => {
    const lines = lineSplitter(onLine);
    const { exitCode, problem, output } = await runCommand({
      words: wordsOf(command),
      cwd: root,
      env,
      timeLimitMs: seconds * 1000,
      signal,
      onOutput: lines.add,
    });
    lines.end();
    throwIfCancelled(signal);
    const measured = exitCode === null ? 'no exit code' : `exit code ${exitCode}`;
    const verdict = problem === undefined ? passed(measured) : failed(measured, problem);
    return { verdict, exitCode, ...(output === undefined ? {} : { output }) };
  });
}

function wordsOf(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string' ? splitCommand(command) : command;
}

/** Restores the files of the version for as long as `use` takes, and says where in the variables that commands get. */
async function withFiles<T>(
  { registry, version, stage, signal }: GateSetting,
  use: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-gate-'));
  try {
    const files = join(folder, 'files');
    throwIfCancelled(signal);
    await registry.pull({ ref: version.id, to: files }, { signal });
    return await use({
      MODEL_REGISTRY_MODEL: version.model,
      MODEL_REGISTRY_VERSION: String(version.number),
      MODEL_REGISTRY_DIGEST: version.artifact.digest,
      MODEL_REGISTRY_STAGE: stage,
      MODEL_REGISTRY_PATH: files,
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new RegistryError('OPERATION_CANCELLED', 'The gates were cancelled. Nothing was recorded.');
}
