import * as vscode from 'vscode';

/** The metric to show where there is room for one; empty for the most telling one. */
export function preferredMetric(): string {
  return vscode.workspace.getConfiguration('modelRegistry').get<string>('headlineMetric', '').trim();
}

/** Whether outputs of a workspace folder are registered by themselves. */
export function isAutoRegistering(root: vscode.WorkspaceFolder): boolean {
  return vscode.workspace.getConfiguration('modelRegistry', root).get<boolean>('autoRegister', true);
}
