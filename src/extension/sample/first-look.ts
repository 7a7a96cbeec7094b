import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { realPathOf } from '../real-path.ts';

type State = Pick<vscode.Memento, 'get' | 'update'>;

const KEY = 'modelRegistry.sample';

/** For the window that is about to be opened. */
export async function rememberSample(state: State, folder: string): Promise<void> {
  await state.update(KEY, realpathSync.native(folder));
}

/** In the window that was opened for the sample, once: what can be tried with it, and the views to try it in. */
export async function showSample(state: State, log: vscode.LogOutputChannel): Promise<void> {
  const remembered = state.get(KEY);
  const [root] = vscode.workspace.workspaceFolders ?? [];
  if (typeof remembered !== 'string' || !root || realPathOf(root.uri) !== remembered) return;
  try {
    await state.update(KEY, undefined);
    await vscode.commands.executeCommand('workbench.view.extension.modelRegistry');
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(join(root.uri.fsPath, 'README.md')));
  } catch (error) {
    log.warn(messageOf(error));
  }
}
