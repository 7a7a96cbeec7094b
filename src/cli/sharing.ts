import { messageOf, RegistryError } from '../base/errors.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { ConnectRemote } from '../registry/shared/remote.ts';
import { EXIT } from './exit-codes.ts';
import { withProgress } from './progress.ts';
import { safeLine } from './terminal.ts';

/** `--offline`: shared storage is left alone. */
export const offline: ConnectRemote = async () => {
  throw new RegistryError('REMOTE_OFFLINE', 'Shared storage was left alone, because of --offline.');
};

/** Reading goes on with what is known here. */
export function noteUnreachable(error: unknown): void {
  if (RegistryError.is(error, 'OPERATION_CANCELLED')) throw error;
  note(`Shared storage isn't up to date here: ${messageOf(error)}`);
}

/** What was asked for is done, and what should have followed it isn't. */
export function noteAfterwards(error: unknown): void {
  note(`What should follow in this folder wasn't done: ${messageOf(error)}`);
}

/** Shares what a command left waiting, the files of versions among it, and says what couldn't be shared. */
export async function shareRest(registry: Registry, isJson: boolean, signal: AbortSignal): Promise<void> {
  const before = await registry.remote();
  if (!before || before.pending === 0) return;
  let why = before.failure?.message;
  if (!before.failure) {
    try {
      await withProgress(isJson, signal, (operation) => registry.sync({}, operation));
    } catch (error) {
      why = messageOf(error);
    }
  }
  const after = await registry.remote();
  if (!after || after.pending === 0) return;
  process.exitCode = EXIT.unshared;
  note(
    `Recorded on this machine, and not shared yet${why === undefined ? '' : `: ${why}`} \`model-registry sync\` tries again.`,
  );
}

function note(text: string): void {
  process.stderr.write(`note: ${safeLine(text, 1000)}\n`);
}
