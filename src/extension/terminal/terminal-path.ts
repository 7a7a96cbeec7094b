import { chmod, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';

/** Puts the command line on the PATH of the integrated terminals, run by the editor's own Node. */
export function offerCommandLine(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): void {
  const bin = join(context.extensionPath, 'dist', 'bin');
  const { environmentVariableCollection: variables } = context;
  variables.description = t('Adds the command `model-registry`');
  variables.prepend('PATH', bin + delimiter);
  variables.replace('MODEL_REGISTRY_NODE', process.execPath);
  if (process.platform === 'win32') return;
  makeExecutable(join(bin, 'model-registry')).catch((error: unknown) =>
    log.warn(`model-registry can't be run in terminals: ${messageOf(error)}`),
  );
}

/** Some ways of unpacking an extension lose the permission to run its files. */
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o111) !== 0o111) await chmod(file, 0o755);
}
