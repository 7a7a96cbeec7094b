import { RegistryError } from '../base/errors.ts';
import { withoutSecrets } from '../secrets/remove-secrets.ts';
import type { Writer } from './running.ts';

/** What a run left that failed: no version by itself, though a person can make it one. */
export async function runFailed(model: string, exitCode: number, writer: Writer | undefined): Promise<RegistryError> {
  const run = writer?.command.start?.run ?? {};
  // It goes to a log, too.
  const command = run.command === undefined ? undefined : await withoutSecrets(run.command);
  const what = command ?? (run.seenAs === 'notebook' ? 'A cell of the notebook' : 'The command');
  // Whoever records a run says that it failed; the command that it was typed as may have been seen, too.
  if (writer?.isKnown === false && writer.command.start) {
    return new RegistryError(
      'RUN_FAILED',
      `One of the commands that ran when outputs of ${model} were written failed with exit code ${exitCode}: ${what}. It isn't known which of them wrote these, so they aren't registered. Train again, or register them by hand.`,
      { details: { model, exitCode } },
    );
  }
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
