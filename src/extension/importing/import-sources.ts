import * as vscode from 'vscode';
import { setContext } from '../set-context.ts';
import { mayHaveImports } from './import-signs.ts';

/** The folders of the window that may have something to import. */
export async function importRoots(): Promise<readonly vscode.WorkspaceFolder[]> {
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const found = await Promise.all(roots.map(({ uri }) => mayHaveImports(uri.fsPath)));
  const sources = roots.filter((_, index) => found[index] === true);
  await setContext('modelRegistry.hasImports', sources.length > 0);
  return sources;
}
