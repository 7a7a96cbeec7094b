import * as v from 'valibot';
import * as vscode from 'vscode';
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
  const file = fileOf(error);
  const buttons = [...(canRetry ? [t('Retry')] : []), ...(file ? [t('Open File')] : []), t('Show Output')];
  const chosen = await complain(message, ...buttons);
  if (chosen === t('Show Output')) log.show();
  else if (chosen === t('Open File') && file) await vscode.commands.executeCommand('vscode.open', file.uri, file.at);
  else if (chosen === t('Retry')) await retry?.();
}

/** A project file that can't be used, and the line at which that begins. */
const wrongFileSchema = v.object({ file: v.string(), problems: v.array(v.object({ line: v.number() })) });

function fileOf(error: unknown): { readonly uri: vscode.Uri; readonly at: vscode.TextDocumentShowOptions } | undefined {
  if (!RegistryError.is(error, 'PROJECT_FILE_INVALID')) return undefined;
  const parsed = v.safeParse(wrongFileSchema, error.details);
  if (!parsed.success) return undefined;
  const { file, problems } = parsed.output;
  const line = (problems[0]?.line ?? 1) - 1;
  return { uri: vscode.Uri.file(file), at: { selection: new vscode.Range(line, 0, line, 0) } };
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
