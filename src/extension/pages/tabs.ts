import * as vscode from 'vscode';

/** So long the editor may take to hand a tab over that is in front, as it does after its window was reloaded, in milliseconds. */
export const HANDED_OVER_MS = 5000;

/** Whether the tab is that of a webview with this type and title, which is all that the extension is told of one. */
export function isTabOf({ input, label }: vscode.Tab, viewType: string, title: string): boolean {
  // The editor puts a prefix of its own before the type.
  return label === title && input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType);
}
