import type * as vscode from 'vscode';

/**
 * Has the rows of a view shown as soon as they are there. Where an extension is active before its view is opened for the first time, the editor
 * gives the view its height before it makes the tree, which then has none, and draws nothing for the two seconds until it looks for a message
 * to show. A message that is set, though it is none, makes it look at once.
 */
export function rowsAtOnce(view: vscode.TreeView<unknown>): vscode.Disposable {
  return view.onDidChangeVisibility(({ visible }) => {
    if (visible) view.message = '';
  });
}
