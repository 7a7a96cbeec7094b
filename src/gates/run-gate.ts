import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { DEFAULT_TIME_LIMIT_SECONDS } from '../project/gates-schema.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import type { RunGate } from './evaluate-gates.ts';
import { runCommand } from './run-command.ts';
import { splitCommand } from './split-command.ts';

/**
 * Runs the commands of gates in the folder of the project file, each with the files of the version restored into a folder of its own. What
 * is particular to a version is told by environment variables only. Throws `OPERATION_CANCELLED`, `COMMAND_INVALID`, and what `pull` throws.
 */
export function gateRunner(options: {
  readonly registry: RegistryCalls;
  /** Of the project file. */
  readonly root: string;
  readonly signal: AbortSignal;
  readonly onOutput: (bytes: Uint8Array) => void;
}): RunGate {
  const { registry, root, signal, onOutput } = options;
  return async (gate, version, stage) => {
    const { command = '', 'time-limit': seconds = DEFAULT_TIME_LIMIT_SECONDS } = gate;
    const words = typeof command === 'string' ? splitCommand(command) : command;
    const folder = await mkdtemp(join(tmpdir(), 'model-registry-gate-'));
    try {
      const files = join(folder, 'files');
      await registry.pull({ ref: version.id, to: files }, { signal });
      const end = await runCommand({
        words,
        cwd: root,
        env: {
          MODEL_REGISTRY_MODEL: version.model,
          MODEL_REGISTRY_VERSION: String(version.number),
          MODEL_REGISTRY_DIGEST: version.artifact.digest,
          MODEL_REGISTRY_STAGE: stage,
          MODEL_REGISTRY_PATH: files,
        },
        timeLimitMs: seconds * 1000,
        signal,
        onOutput,
      });
      if (signal.aborted)
        throw new RegistryError('OPERATION_CANCELLED', 'The gates were cancelled. Nothing was recorded.');
      return end;
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  };
}
