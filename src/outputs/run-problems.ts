import { RegistryError } from '../base/errors.ts';
import { withoutSecrets } from '../secrets/remove-secrets.ts';
import type { StartedRun } from './started-runs.ts';

/** What a run left that failed: no version by itself, though a person can make it one. */
export async function runFailed(model: string, exitCode: number, run: StartedRun['run'] = {}): Promise<RegistryError> {
  // It goes to a log, too.
  const command = run.command === undefined ? undefined : await withoutSecrets(run.command);
  const what = command ?? (run.seenAs === 'notebook' ? 'A cell of the notebook' : 'The command');
  return new RegistryError(
    'RUN_FAILED',
    `${what} failed (exit code ${exitCode}), so what it wrote isn't registered as a version of ${model}. Train again, or register it by hand.`,
    { details: { model, exitCode } },
  );
}

/** Files that were never finished. */
export function incomplete(path: string): RegistryError {
  return new RegistryError(
    'OUTPUT_INCOMPLETE',
    `${path} isn't complete, and nothing has been written to it for a while: did training stop? It isn't registered. Train again, or remove it.`,
  );
}
