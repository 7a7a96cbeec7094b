import * as vscode from 'vscode';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';
import { inQuotes } from '../version-text.ts';
import type { ViewId } from '../view-ids.ts';
import { TreeChoices } from './arrangement.ts';
import { draggedVersions } from './drag-and-drop.ts';
import { ModelsTree } from './models-tree.ts';

export interface ModelsViewOptions {
  readonly registries: Registries;
  readonly state: vscode.Memento;
  readonly runCommand: (id: string, ...args: readonly unknown[]) => Promise<unknown>;
  readonly log: vscode.LogOutputChannel;
}

/** The title follows once nothing was typed for so long: the box shows what is typed, and to draw both with each key takes longer. */
const TITLE_MS = 250;

/** The Models view, with its filter told in its title. */
export function modelsView({ registries, state, runCommand, log }: ModelsViewOptions): {
  readonly tree: ModelsTree;
  readonly view: vscode.TreeView<unknown>;
  readonly subscriptions: readonly vscode.Disposable[];
} {
  const choices = new TreeChoices(state);
  const tree = new ModelsTree(registries, log, choices);
  const view = vscode.window.createTreeView('modelRegistry.models' satisfies ViewId, {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    dragAndDropController: draggedVersions(runCommand),
  });
  const tell = () => {
    view.description = choices.filter === '' ? '' : inQuotes(choices.filter);
    void setContext('modelRegistry.modelsFiltered', choices.filter !== '');
  };
  let timer: NodeJS.Timeout | undefined;
  const following = choices.onDidChange(() => {
    clearTimeout(timer);
    timer = setTimeout(tell, TITLE_MS);
  });
  const selected = view.onDidChangeSelection(({ selection }) => {
    if (selection.length > 0) tree.noteUsed('click');
  });
  const opened = view.onDidExpandElement(({ element }) => tree.noteOpened(element, true));
  const closed = view.onDidCollapseElement(({ element }) => tree.noteOpened(element, false));
  return {
    tree,
    view,
    subscriptions: [tree, view, following, selected, opened, closed, { dispose: () => clearTimeout(timer) }],
  };
}
