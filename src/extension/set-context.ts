import * as vscode from 'vscode';
import type { ContextKey } from './context-keys.ts';

/** Sets what `when` clauses in package.json ask for. */
export async function setContext(key: ContextKey, value: unknown): Promise<void> {
  await vscode.commands.executeCommand('setContext', key, value);
}
