import type * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import { complain, tellBriefly } from '../notify.ts';

/** Tells what failed in words for a person; the stack goes to the output channel only. */
export async function reportError(
  log: vscode.LogOutputChannel,
  what: string,
  error: unknown,
  retry?: () => Promise<unknown>,
): Promise<void> {
  if (RegistryError.is(error, 'OPERATION_CANCELLED')) {
    tellBriefly(t('{what} was cancelled', { what }));
    return;
  }
  log.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const isExpected = RegistryError.is(error);
  const message = isExpected ? toldOf(error) : t('{what} failed: {error}', { what, error: toldOf(error) });
  const canRetry = retry !== undefined && (!isExpected || retryable.has(error.code));
  const chosen = await complain(message, ...(canRetry ? [t('Retry')] : []), t('Show Output'));
  if (chosen === t('Show Output')) log.show();
  else if (chosen === t('Retry')) await retry?.();
}

/** What a command had been told when it failed. */
const told = new WeakMap<RegistryError, object>();

/** Has whoever tries again not asked once more for what they said: `argument` is what the command is run with then. */
export function toBeAskedAgain(error: RegistryError, argument: object): RegistryError {
  told.set(error, argument);
  return error;
}

/** What a command is to be run with by whoever tries again; undefined where that is what it was run with. */
export function askedAgainWith(error: unknown): object | undefined {
  return RegistryError.is(error) ? told.get(error) : undefined;
}

/** What may well succeed the next time, or with another answer. */
const retryable: ReadonlySet<string> = new Set([
  'CONFLICT',
  'WORKER_STOPPED',
  'FILE_CHANGED',
  'DESTINATION_NOT_EMPTY',
  'NO_SPACE',
]);
