import * as vscode from 'vscode';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';
import type { ViewId } from '../view-ids.ts';
import { filterText } from './activity-filter.ts';
import { ActivityTree } from './activity-tree.ts';

/** The Activity view, with its filter told in its title. */
export function activityView(
  registries: Registries,
  log: vscode.LogOutputChannel,
): {
  readonly tree: ActivityTree;
  readonly view: vscode.TreeView<unknown>;
  readonly subscriptions: readonly vscode.Disposable[];
} {
  const tree = new ActivityTree(registries, log);
  const view = vscode.window.createTreeView('modelRegistry.activity' satisfies ViewId, {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const following = tree.onDidChangeTreeData(() => {
    const text = filterText(tree.filter);
    view.description = text;
    void setContext('modelRegistry.activityFiltered', text !== '');
  });
  return { tree, view, subscriptions: [tree, view, following] };
}
